from prefect.blocks.system import Secret

Secret(value="pa55word").save("database", overwrite=True)
loaded = Secret.load("database")
print(type(loaded).__name__, loaded.get() == "pa55word")
assert "pa55word" not in repr(loaded)

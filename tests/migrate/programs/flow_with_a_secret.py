from prefect import flow
from prefect.blocks.system import Secret


@flow
def use() -> int:
    return len(Secret.load("key").get())


Secret(value="pa55word").save("key", overwrite=True)
print(use())

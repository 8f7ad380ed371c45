from prefect.variables import Variable

print(Variable.get("environment"), Variable.get("nothing", default="unset"))
Variable.set("region", "eu-central", tags=["team"])
print(Variable.get("region"))
Variable.set("region", "us-east", overwrite=True)
print(Variable.get("region"), Variable.unset("region"))

from prefect.client.schemas.objects import StateType
from prefect.states import Completed, Crashed, Late, Paused

print(Crashed(message="x").is_crashed(), Late().name, Paused().is_paused(), Completed().is_completed())
print(StateType("RUNNING") is StateType.RUNNING, StateType.FAILED == "FAILED", sorted(StateType)[0].value)

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import VariableCreate, VariableUpdate

with get_client(sync_client=True) as client:
    client.create_variable(VariableCreate(name="threshold", value=0.5))
    client.update_variable(VariableUpdate(name="threshold", value=0.75))
    print({each.name: each.value for each in client.read_variables()})
    client.delete_variable_by_name("threshold")
    print(client.read_variable_by_name("threshold"))

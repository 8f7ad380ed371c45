from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import BlockDocumentUpdate

with get_client(sync_client=True) as client:
    document = client.read_block_document_by_name("main", "warehouse")
    data = {**document.data, "password": "n3w"}
    update = BlockDocumentUpdate(block_schema_id=document.block_schema_id, data=data, merge_existing_data=True)
    client.update_block_document(document.id, update)
    print(client.read_block_document(document.id, include_secrets=True).data["password"])

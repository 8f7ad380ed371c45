from prefect import get_client

with get_client(sync_client=True) as client:
    types = {each.slug: each for each in client.read_block_types()}
    print("warehouse" in types, types["warehouse"].name)
    (schema,) = client.read_block_schemas()[:1]
    print(schema.fields is not None)

import asyncio

from prefect.client.orchestration import get_client


async def main():
    async with get_client() as client:
        document = await client.read_block_document_by_name("main", "warehouse", include_secrets=False)
        print(document.name, document.data["user"], document.block_type.slug)
        print([each.name for each in await client.read_block_documents()])


asyncio.run(main())

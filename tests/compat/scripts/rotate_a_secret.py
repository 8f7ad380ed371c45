"""Give a block a new password."""

import asyncio

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import BlockDocumentUpdate
from prefect.exceptions import ObjectNotFound


async def rotate(slug, name, field, value):
    async with get_client() as client:
        block = await client.read_block_document_by_name(name, block_type_slug=slug)
        print("shown:", block.data)
        await client.update_block_document(
            block.id, BlockDocumentUpdate(data={**block.data, field: value}, merge_existing_data=True)
        )
        plain = await client.read_block_document(block.id, include_secrets=True)
        print("kept:", plain.data)
        try:
            await client.read_block_document_by_name("no such block", block_type_slug=slug)
        except ObjectNotFound as error:
            print(type(error).__name__, error.http_exc.response.status_code)


asyncio.run(rotate("warehouse", "main", "password", "n3w"))

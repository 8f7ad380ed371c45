from prefect.client.orchestration import get_client
from prefect.events.filters import EventFilter, EventNameFilter

with get_client(sync_client=True) as client:
    page = client.read_events(filter=EventFilter(event=EventNameFilter(prefix=["no.such."])), limit=5)
    print(page.total, page.events)

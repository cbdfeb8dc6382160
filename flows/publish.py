"""The flow `publish`: shards to a dataset as labellers or trainers take it, in a folder or on the Hub."""

from typing import Literal

from prefect import flow

from tasks.feed.publish import Published, check_request
from tasks.feed.task import publish_dataset
from tasks.shard.task import open_shards


@flow(name="publish", log_prints=False)
async def publish(
    dataset: str,
    as_: Literal["labelling", "training"],
    repo: str | None = None,
    to: str | None = None,
    reveal: bool = False,
    visibility: Literal["private", "public"] | None = None,
    take_over: bool = False,
) -> Published:
    """Publish a dataset's accepted tasks.

    Args:
        dataset: The dataset folder that `generate` wrote: a path or any fsspec URL.
        as_: `labelling`: the public columns only. `training`: natural programs, which reveal the order.
        repo: A dataset on the Hub to publish to, as organisation/name; the token is that of HF_TOKEN.
        to: A folder to publish to, instead of `repo`.
        reveal: Say that the order of these tasks may be known to everyone; training wants it.
        visibility: `private` or `public`, of a new dataset on the Hub. Without it one for training is private, and one
            for labelling is what the Hub makes it. A dataset that exists keeps its own.
        take_over: Publish into a place that this dataset has not been published to: one that people made (what they
            have stays, but for files that are in the way), or one of another publication (its files go).

    Raises:
        BadInput: the request can't be carried out; nothing has been written.
    """
    request = check_request(as_, repo, to, reveal, visibility, take_over)
    shards = await open_shards(dataset)
    return await publish_dataset(request, shards.dataset_id, shards.pairs, shards.rejected)

"""What a persona finds when it looks something up, as its mind reads it."""

from collections.abc import Collection

from visavis.core.tools import ToolAnswer
from visavis.resources.knowledge.retrieval import Retrieval

PASSAGES_MAX = 5
QUERY_CHARS_MAX = 1_000
NOTHING_FOUND = "Nothing about this was found."


async def look_up(retrieval: Retrieval, organization_id: str, folder_ids: Collection[str], query: str) -> ToolAnswer:
    """The best passages first, each with where it is from, and the names of the documents they are from."""
    passages = await retrieval.search(organization_id, folder_ids, query[:QUERY_CHARS_MAX], PASSAGES_MAX)
    if not passages:
        return ToolAnswer(NOTHING_FOUND)
    texts = [
        f'[Source {number} from "{passage.filename}", Relevance: {passage.score:.0%}]\n{passage.content}'
        for number, passage in enumerate(passages, 1)
    ]
    documents = tuple(dict.fromkeys(passage.filename for passage in passages))
    return ToolAnswer("\n\n".join(texts), documents)

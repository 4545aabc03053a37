"""Which everyday situation a sentence belongs to: a greeting, a thank-you, a question about the persona itself.

Patterns are written for plain words (see `plain_words`) as a recogniser writes them: lower case, no punctuation. They
are tried in the order in which they stand here.
"""

import re
from collections.abc import Mapping, Sequence

_MACHINE = r"(?:a |an )?(?:\w+ )?(?:human|robot|real|ai|person|people|machine|bot|computer|alive|program|software)\b"
_YOU_ARE = r"\byou(?:'re| are)(?: so| very| really| quite| too| just| being)? "
_I_FEEL = r"\b(?:i'm|i am|i feel|i'm feeling|feeling)(?: \w+)? "
_MODELS = r"(?:language models?|llms?|chat ?gpt|gpt\S*|claude|gemini|llama|ollama|openai|ai model|model)\b"

_SITUATIONS: Mapping[str, Sequence[str]] = {
    "user_unwell": (
        _I_FEEL + r"(?:sad|tired|sick|ill|bored|lonely|unhappy|terrible|awful|bad)\b",
        _I_FEEL + r"(?:depressed|stressed|anxious|angry|exhausted|upset|worried|scared)\b",
        r"^(?:i'm |i am )?not (?:so |very |too )?(?:good|well|great)(?: today)?$",
    ),
    "user_well": (
        r"^(?:i'm |i am |i feel |i'm feeling |doing |all |not |pretty |very |quite |really )+"
        r"(?:fine|good|great|well|okay|ok|happy|excellent|wonderful|fantastic|bad|bad at all)"
        r"(?: too| thanks| thank you| today| and you| how are you)*$",
    ),
    "yes": (r"^(?:yes|yeah|yep|sure|of course|absolutely|right|correct|exactly|i do|i am)(?: thanks| thank you)?$",),
    "no": (r"^(?:no|nope|not really|nothing|not now|not yet)(?: thanks| thank you)?$",),
    "okay": (
        r"^(?:ok|okay|alright|all right|got it|i see|fine|cool|great|nice|good|interesting|wow|understood|funny|aha)$",
        r"^that(?:'s| is) (?:great|good|nice|cool|fine|interesting|funny|right|all)$",
        r"^(?:ha ?)+$",
    ),
    "connect": (
        rf"\b(?:connect|attach|add|use|set ?up|configure|install|plug in|start|change)\b.*\b{_MODELS}",
        r"\b(?:make|become|get) (?:you )?(?:smarter|cleverer|more intelligent)\b",
    ),
    "what_mind": (
        rf"\b(?:are you|is this|do you use|which|what)\b.*\b{_MODELS}",
        r"\bhow do you (?:work|think)\b",
        r"\boffline responder\b",
    ),
    "not_human": (
        rf"\b(?:are you|is this) {_MACHINE}",
        rf"\b(?:talking|speaking) (?:to|with) {_MACHINE}",
    ),
    "hear_me": (
        r"\b(?:can|do|did) you (?:hear|understand) me\b",
        r"\bare you (?:still )?(?:there|listening|here|awake|ready)\b",
        r"^(?:testing|test|mic check)\b",
        r"^is (?:this|anybody|anyone|somebody) (?:on|there|working|home)\b",
    ),
    "see_me": (
        r"\b(?:can|do) you see\b",
        r"\bwhat am i (?:wearing|doing|holding)\b",
        r"\bhow do i look\b",
    ),
    "maker": (r"\bwho (?:made|built|created|developed|programmed) you\b", r"\bwhat is (?:visavis|vis a vis)\b"),
    "age": (r"\bhow old are you\b", r"\bwhat(?:'s| is) your age\b", r"\bwhen were you (?:born|made)\b"),
    "where": (r"\bwhere (?:are you|do you live|are you from|do you come from)\b",),
    "how_are_you": (
        r"\bhow (?:are|is|'s) (?:you|it|things|life|your day|everything)\b",
        r"\bhow(?:'s it going| do you do| have you been| are you doing| you doing)\b",
        r"\bare you (?:ok|okay|well|fine)\b",
        r"^(?:what's|what is) up$",
        r"^(?:and|what about|how about) you$",
    ),
    "can_do": (
        r"\bwhat (?:can|could) (?:you|i) (?:do|ask|help|tell|talk)\b",
        r"\bhow can you help\b",
        r"^(?:i need )?help(?: me)?$",
        r"^can you help me$",
        r"\bwhat (?:are you|is this) (?:good )?for$",
        r"\bwhat do you know(?: about)?$",
        r"\bwhat can we talk about\b",
    ),
    "part": (
        r"\bwhat (?:do|are) you (?:do|doing)(?: for a living| here)?$",
        r"\bwhat(?:'s| is) your (?:job|role|work|profession|purpose)\b",
    ),
    "name": (
        r"\bwhat(?:'s| is| was) your name\b",
        r"\bdo you have a name\b",
        r"\bwhat are you called\b",
        r"\bwhat (?:should|do|can|may) i call you\b",
        r"\b(?:say|tell me) your name\b",
        r"^(?:and )?your name$",
    ),
    "who": (
        r"\bwho (?:are you|am i (?:talking|speaking) (?:to|with))\b",
        r"\bwhat are you\b",
        r"\bintroduce yourself\b",
        r"\b(?:tell me )?(?:something |more )?about yourself\b",
    ),
    "feelings": (
        r"\bdo you (?:have|feel) (?:any )?(?:feelings?|emotions?|pain|anything|lonely|love)\b",
        r"\b(?:do you|i) (?:love|like) (?:me|you)\b",
        r"\bare you (?:happy|sad|angry|bored|tired|lonely)\b",
    ),
    "languages": (
        r"\b(?:do|can) you (?:speak|understand|talk)(?: any)? [a-z]+(?: languages?)?$",
        r"\b(?:what|which) languages?\b",
    ),
    "joke": (r"\bjokes?\b", r"\bmake me laugh\b", r"\bsomething funny\b"),
    "twister": (r"\btongue.?twisters?\b",),
    "story": (r"\b(?:a|another|the|me|one more) (?:\w+ )?story\b",),
    "sing": (r"\bsing\b", r"\ba song\b"),
    "poem": (r"\b(?:poem|haiku|limerick|essay|lyrics|rhyme)\b",),
    "no_weather": (
        r"\bweather\b",
        r"\b(?:is|will) it (?:be )?(?:rain|raining|snow|snowing|sunny|cold|hot|warm)\b",
        r"\bhow (?:hot|cold|warm) is it\b",
    ),
    "no_clock": (
        r"\bwhat (?:time|day|date|year|month) is (?:it|today)\b",
        r"\bwhat(?:'s| is) (?:the time|the date|today's date|today)\b",
        r"\b(?:tell me|got|have) the time\b",
    ),
    "no_news": (r"\b(?:the|any|latest|today's) news\b", r"\bwhat(?:'s| is) (?:new|happening)\b"),
    "bye": (
        r"\b(?:goodbye|good bye|bye|see you|see ya|farewell|good night|talk to you later)\b",
        r"\bhave a (?:nice|good|great) (?:day|one|evening|weekend)\b",
        r"\bi (?:have to|must|need to|'ve got to) go\b",
    ),
    "thanks": (r"\b(?:thanks|thank you|thank u|cheers|much appreciated)\b",),
    "praise": (
        _YOU_ARE + r"(?:great|nice|good|amazing|awesome|smart|clever|funny|beautiful|pretty|lovely)\b",
        _YOU_ARE + r"(?:wonderful|cool|cute|helpful|kind|the best|brilliant|sweet|right)\b",
        r"^(?:well done|good job|nice work|great job|not bad|very good)\b",
        r"^i like (?:you|your \w+)\b",
    ),
    "insult": (
        _YOU_ARE + r"(?:stupid|dumb|useless|bad|terrible|ugly|boring|an idiot|annoying|awful|horrible|wrong|slow)\b",
        r"\bi (?:hate|don't like) you\b",
    ),
    "sorry": (r"^(?:i'm |i am )?(?:so |very )?sorry\b", r"\bmy (?:bad|apologies)\b"),
    "stop": (
        r"^(?:stop|be quiet|quiet|silence|enough|that's enough|wait|hold on|never ?mind|forget it)\b.{0,12}$",
        r"\bshut up\b",
    ),
}
_COMPILED = tuple((name, re.compile("|".join(patterns))) for name, patterns in _SITUATIONS.items())

GREETING = re.compile(
    r"^(?:(?:hello|hi|hey|hiya|greetings|howdy|welcome|good (?P<time>morning|afternoon|evening|day))\b"
    r"(?: (?:there|again|you|everyone|everybody|friend|my friend|buddy)\b)*\s*)+"
)
_FILLED_PAUSE = re.compile(r"\b(?:um+|uh+|er+m*|hmm+|please|just)\b")
_PUNCTUATION = re.compile(r"[^\w' +*/÷×.-]+|\.(?!\d)")


def situation_of(sentence: str) -> str:
    """The situation of a sentence in plain words, "" where it is none of these."""
    return next((name for name, pattern in _COMPILED if pattern.search(sentence)), "")


def plain_words(text: str, persona_name: str = "") -> str:
    """Lower case, without punctuation and filled pauses, and without the name by which the persona was addressed."""
    words = _PUNCTUATION.sub(" ", text.replace("\u2019", "'").lower())
    words = " ".join(_FILLED_PAUSE.sub(" ", words).split())
    if called := re.escape(persona_name.lower()):
        words = re.sub(rf"^((?:hey|hi|hello|ok|okay|so|thanks|thank you)?) ?\b{called}\b ?", r"\1 ", words)
        words = re.sub(rf"^(.*\w) {called}$", _unless_about, words)
    return words.strip()


def _unless_about(words: re.Match[str]) -> str:
    """ "how are you cara" addresses Cara, "who is cara" asks about her."""
    asked_about = re.search(r"\b(?:is|are|called|about|named|am|who|with|to|for|of|and|the)$", words.group(1))
    return words.group() if asked_about else words.group(1)

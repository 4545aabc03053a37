"""What people say to somebody they have just met, and what a polite small responder says then.

Placeholders: {intro} is a sentence that introduces the persona, {part} what it does, {name} its name, {you} ", Tom" or
"", {ask} a sentence that suggests what to ask, or "". Each situation has several lines; one already said in this
conversation is not said again while another is left.
"""

import re
from collections.abc import Mapping

LINES: Mapping[str, tuple[str, ...]] = {
    "opening": (
        "Hello{you}! {intro} How can I help you today?",
        "Hi{you}, nice to meet you. {intro} What would you like to know?",
        "Hello{you} and welcome! {intro} What can I do for you?",
    ),
    "nudge": (
        "Are you still there? Take your time.",
        "I'm still here, whenever you want to go on.",
        "No hurry. Just speak when you're ready.",
    ),
    "unheard": (
        "Sorry, I didn't catch that. Could you say it again?",
        "I missed that, I'm afraid. Once more, please?",
    ),
    "greet_first": (
        "Hello{you}! {intro} What can I do for you?",
        "Hi{you}! {intro} How can I help?",
    ),
    "greet_again": (
        "Hello{you}! What would you like to talk about?",
        "Hi{you}! I'm listening. What's on your mind?",
        "Hello again{you}. How can I help?",
    ),
    "morning": ("Good morning{you}! How can I help you?", "Good morning{you}. What can I do for you?"),
    "afternoon": ("Good afternoon{you}! How can I help you?", "Good afternoon{you}. What can I do for you?"),
    "evening": ("Good evening{you}! How can I help you?", "Good evening{you}. What can I do for you?"),
    "how_are_you": (
        "I'm doing well, thank you{you}. How are you?",
        "Very well, thanks for asking. And you?",
        "Still well, thank you. Now, what can I do for you?",
    ),
    "user_well": ("I'm glad to hear that{you}. What can I do for you?", "That's good to hear. So, how can I help?"),
    "user_unwell": (
        "I'm sorry to hear that{you}. I hope it gets better soon.",
        "That sounds hard. I'm sorry. Do you want to tell me more?",
    ),
    "name": ("{intro}", "I'm {name}.", "My name is {name}."),
    "no_name": ("I haven't been given a name. {part}", "Nobody has given me a name yet, but I'm happy to talk."),
    "who": ("{intro} {ask}", "{intro}"),
    "part": ("{part} {ask}", "{part}"),
    "can_do": (
        "{ask} I remember what you tell me while we talk, and you can interrupt me at any time.",
        "I can chat a little, remember what you tell me, do small sums, and tell a joke. {ask}",
    ),
    "not_human": (
        "No, I'm not human. My face and my voice are made by software, and a small offline responder finds the words.",
        "I'm software through and through: a drawn face, a synthetic voice, and a small offline responder.",
    ),
    "what_mind": (
        "I'm a small offline responder, built into this server. There is no language model behind me yet.",
        "No language model, just a small offline responder that comes with this server.",
    ),
    "connect": (
        "Add a language model with the address of any OpenAI-compatible server, such as Ollama, and choose it for this "
        "persona. From then on, it does the thinking, and I keep the face and the voice.",
        "You need an OpenAI-compatible server, for instance Ollama on your own machine, or a hosted one with a key. "
        "Enter its address as a language model, choose it for this persona, and start a new session.",
    ),
    "thanks": ("You're welcome{you}!", "My pleasure.", "Any time{you}."),
    "bye": (
        "Goodbye{you}! It was nice talking to you.",
        "Bye{you}! Take care.",
        "See you soon{you}!",
    ),
    "hear_me": ("Yes, I can hear you. Go ahead.", "Loud and clear. What can I do for you?", "Yes, I'm here."),
    "see_me": ("No, I can't see you. I only know what you say or type.", "I can't. I have a face, but no eyes that work."),
    "where": ("I live on this server. Nothing you say to me is sent to a language model.",),
    "age": ("I don't have an age. I start fresh with every conversation.",),
    "feelings": ("I don't have feelings, but it's kind of you to ask.", "Honestly, I don't feel anything, but I'm glad you asked."),
    "maker": ("I'm part of Visavis, an open-source server for personas with a face and a voice.",),
    "praise": ("Thank you{you}, that's kind of you.", "How nice of you to say so. Thank you."),
    "insult": ("I'm sorry I wasn't more helpful. I'm only a small offline responder.", "Fair enough. I'll do my best."),
    "sorry": ("No problem at all.", "That's all right."),
    "stop": ("Okay.", "All right, I'll be quiet."),
    "yes": ("Good. Go ahead, I'm listening.", "All right. Tell me more."),
    "no": ("All right. I'm here if you need anything.", "That's fine. Just tell me when you do."),
    "okay": ("Good. What else can I do for you?", "All right. Anything else?"),
    "joke": (
        "Why did the scarecrow win a prize? Because he was outstanding in his field.",
        "I told my computer I needed a break. It said: no problem, I'll go to sleep.",
        "What did one wall say to the other wall? I'll meet you at the corner.",
        "Why don't skeletons fight each other? They don't have the guts.",
    ),
    "no_joke": ("That was my whole collection of jokes, I'm afraid.",),
    "story": (
        "Once there was a lighthouse keeper who talked to the ships. None of them ever answered, but every evening he "
        "told them what he had seen that day. One winter the lamp broke. He was sure that the ships would lose their "
        "way, so he stood at the window and kept on talking. In the morning they were all safe in the harbour. "
        "They had followed his voice.",
    ),
    "twister": (
        "She sells sea shells by the sea shore.",
        "Peter Piper picked a peck of pickled peppers.",
        "How much wood would a woodchuck chuck, if a woodchuck could chuck wood?",
    ),
    "sing": ("You don't want to hear that. My voice was made for talking.",),
    "poem": ("I can't write poems. For that, I'd need a language model.",),
    "no_clock": ("I can't tell. I'm a small offline responder without a clock or a calendar.",),
    "no_weather": ("I wish I could tell you, but I work offline, without a weather report.",),
    "no_news": ("I work offline, so no news ever reaches me.",),
    "languages": ("Only English for now. A language model and another voice could change that.",),
    "not_english": ("I'm sorry, I only understand English. A language model could do better than me.",),
    "nothing_said": ("You haven't said anything yet.", "Nothing yet. You go first."),
    "nothing_to_repeat": ("I haven't said anything yet.",),
    "met": ("Nice to meet you{you}! What can I do for you?", "A pleasure to meet you{you}. How can I help?"),
    "name_unknown": ("You haven't told me your name yet. What should I call you?",),
    "nothing_known": ("You haven't told me anything about yourself yet. I'd be glad to listen.",),
    "untold": ("You haven't told me that.", "I don't know. You haven't mentioned it."),
    "noted": (
        "Thanks for telling me. I'll keep it in mind while we talk.",
        "I see, thank you. I'll remember that.",
        "Good to know. What else would you like to tell me, or ask?",
        "Understood.",
    ),
    "no_more": ("That's all I know about it.", "I'm afraid I know nothing more."),
    "unknown": (
        "I don't know that, I'm sorry. I'm a small offline responder: I know what my instructions say and what you "
        "tell me. {ask} With a language model connected, I could answer freely.",
        "That's beyond me, and I'd rather not make something up. {ask} A language model could answer it; "
        "until one is connected, I'm only a small offline responder.",
        "I don't know that one either. {ask}",
        "I have no answer to that, sorry. {ask}",
    ),
}  # fmt: skip

_SITUATIONS = (
    ("connect", r"\b(?:connect|attach|add|use|set ?up|configure|install|plug in)\b.*\b(?:language model|llm|gpt|ollama|openai|"
                r"chat ?gpt|claude|brain|mind)\b"),
    ("what_mind", r"\b(?:are you|is this|do you use|which|what)\b.*\b(?:chat ?gpt|gpt\d*|claude|gemini|llama|language model|llm|"
                  r"model)\b|\bhow do you (?:work|think)\b|\boffline responder\b"),
    ("not_human", r"\bare you (?:a |an )?(?:\w+ )?(?:human|robot|real|ai|person|machine|bot|computer|alive|program)\b|"
                  r"\b(?:talking|speaking) to (?:a |an )?(?:\w+ )?(?:human|robot|ai|person|machine|bot|computer)\b"),
    ("hear_me", r"\b(?:can|do|did) you (?:hear|understand) me\b|\bare you (?:still )?(?:there|listening|here)\b|"
                r"^(?:testing|test|mic check)\b|^is (?:this|anybody|anyone) (?:on|there|working)\b"),
    ("see_me", r"\b(?:can|do) you see (?:me|us)\b|\bwhat am i wearing\b|\bhow do i look\b"),
    ("maker", r"\bwho (?:made|built|created|developed|programmed) you\b"),
    ("age", r"\bhow old are you\b|\bwhat(?:'s| is) your age\b|\bwhen were you (?:born|made)\b"),
    ("where", r"\bwhere (?:are you|do you live|are you from|do you come from)\b"),
    ("how_are_you", r"\bhow (?:are|is|'s) (?:you|it|things|life|your day)\b|\bhow do you do\b|\bhow have you been\b|"
                    r"\bare you (?:ok|okay|well|fine)\b|^(?:what's|what is) up$"),
    ("can_do", r"\bwhat (?:can|could) (?:you|i) (?:do|ask|help|tell|talk)\b|\bhow can you help\b|^(?:please )?help(?: me)?$|"
               r"\bwhat (?:are you|is this) (?:good )?for\b|\bwhat do you know(?: about)?$"),
    ("part", r"\bwhat (?:do|are) you (?:do|doing)(?: for a living| here)?$|\bwhat(?:'s| is) your (?:job|role|work|profession)\b"),
    ("name", r"\bwhat(?:'s| is) your name\b|\bdo you have a name\b|\bwhat (?:should|do|can|may) i call you\b|^(?:and )?your name$"),
    ("who", r"\bwho (?:are you|am i (?:talking|speaking) (?:to|with))\b|\bwhat are you\b|\bintroduce yourself\b|"
            r"\btell me (?:something )?about yourself\b"),
    ("feelings", r"\bdo you (?:have|feel) (?:any )?(?:feelings|emotions|pain|anything|lonely|love)\b|\b(?:do you|i) love (?:me|you)\b"),
    ("languages", r"\b(?:do|can) you (?:speak|understand|talk)(?: any)? (?:[a-z]+)(?: languages?)?$|\bwhat languages?\b|"
                  r"\bwhich languages?\b"),
    ("joke", r"\bjokes?\b|\bmake me laugh\b|\bsomething funny\b"),
    ("twister", r"\btongue.?twister\b"),
    ("story", r"\b(?:a|another|the|me) (?:\w+ )?story\b"),
    ("sing", r"\bsing\b|\ba song\b"),
    ("poem", r"\b(?:poem|haiku|limerick|essay|lyrics)\b"),
    ("no_weather", r"\bweather\b|\b(?:is|will) it (?:be )?(?:rain|raining|snow|snowing|sunny|cold|hot|warm)\b"),
    ("no_clock", r"\bwhat (?:time|day|date|year|month) is it\b|\bwhat(?:'s| is) (?:the time|the date|today's date|today)\b|"
                 r"\bwhat day is (?:it|today)\b"),
    ("no_news", r"\b(?:the|any|latest|today's) news\b|\bwhat(?:'s| is) (?:new|happening)\b"),
    ("thanks", r"\b(?:thanks|thank you|thank u|cheers|much appreciated)\b"),
    ("bye", r"\b(?:goodbye|good bye|bye|see you|see ya|farewell|good night|have a nice day|talk to you later)\b"),
    ("praise", r"\byou(?:'re| are)(?: so| very| really| quite)? (?:great|nice|good|amazing|awesome|smart|clever|funny|beautiful|"
               r"pretty|lovely|wonderful|cool|cute|helpful|kind|the best)\b|^(?:well done|good job|nice work|great job)\b"),
    ("insult", r"\byou(?:'re| are)(?: so| very| really| quite)? (?:stupid|dumb|useless|bad|terrible|ugly|boring|an idiot|annoying|"
               r"awful|horrible)\b|\b(?:shut up|i hate you)\b"),
    ("sorry", r"^(?:i'm |i am )?(?:so |very )?sorry\b|\bmy (?:bad|apologies)\b"),
    ("stop", r"^(?:stop|be quiet|quiet|silence|enough|that's enough|stop talking|wait|hold on|never ?mind|forget it)$"),
)  # fmt: skip
_COMPILED = tuple((situation, re.compile(pattern)) for situation, pattern in _SITUATIONS)

_FEELING_WELL = re.compile(
    r"^(?:i'm |i am |i feel |i'm feeling |doing |not |pretty |very |quite |really )*"
    r"(?:fine|good|great|well|okay|ok|happy|excellent|wonderful|fantastic|not bad|bad at all)(?: too| thanks| thank you)*$"
)
_FEELING_UNWELL = re.compile(
    r"\b(?:i'm|i am|i feel|i'm feeling|feeling)(?: \w+)? (?:sad|tired|sick|ill|bored|lonely|unhappy|terrible|awful|bad|"
    r"depressed|stressed|anxious|angry|exhausted|not well|upset)\b|^not (?:so |very |too )?(?:good|well|great)$"
)
_YES = re.compile(r"^(?:yes|yeah|yep|sure|of course|absolutely|yes please|right|correct|exactly|i do|i am)$")
_NO = re.compile(r"^(?:no|nope|no thanks|no thank you|not really|nothing|not now)$")
_OKAY = re.compile(
    r"^(?:ok|okay|alright|all right|got it|i see|fine|cool|great|nice|good|interesting|wow|understood|that's (?:great|good|nice|"
    r"cool|fine|interesting|funny|right)|ha(?:ha)*|funny)$"
)
GREETING = re.compile(
    r"^(?:(?:hello|hi|hey|hiya|greetings|howdy|welcome|good (?P<time>morning|afternoon|evening|day))\b"
    r"(?: (?:there|again|you|everyone|everybody|friend|my friend|buddy))*[\s,.!]*)+",
)


def situation_of(sentence: str) -> str:
    """The situation that a plain sentence (see `plain_words`) belongs to, or ""."""
    for situation, pattern in (
        ("user_unwell", _FEELING_UNWELL), ("user_well", _FEELING_WELL), ("yes", _YES), ("no", _NO), ("okay", _OKAY),
    ):  # fmt: skip
        if pattern.search(sentence):
            return situation
    return next((situation for situation, pattern in _COMPILED if pattern.search(sentence)), "")


def plain_words(text: str, persona_name: str = "") -> str:
    """Lower case, without punctuation, filled pauses, and the persona's name by which it was addressed."""
    words = re.sub(r"[^\w' +*/÷×-]+", " ", text.replace("\u2019", "'").lower())
    words = re.sub(r"\b(?:um+|uh+|er+m*|hmm+|please|just)\b", " ", words)
    if persona_name:
        called = re.escape(persona_name.lower())
        words = re.sub(rf"^(?:(?:hey|hi|hello|ok|okay) )?{called}\b|\b{called}\s*$", _without_name, words.strip())
    return re.sub(r"\s+", " ", words).strip()


def _without_name(called: re.Match[str]) -> str:
    greeting = called.group().split()[0]
    return greeting if greeting in ("hey", "hi", "hello") else ""

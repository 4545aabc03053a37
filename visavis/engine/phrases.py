"""What short phrases do in a conversation: carry on listening, interrupt, or leave a sentence open.

Lists of common words in a few languages, not understanding: each answer only tips a scale that sound and silence
have loaded already.
"""

import re

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# what listeners say so that the other goes on
_LISTENING = _words(
    """
    mm mmm mhm mm-hm mm-hmm mmhm mmhmm hm hmm uh-huh uhhuh uh huh um-hum ah aha oh ooh wow yeah yep yup yes ya ok okay
    right sure true exactly indeed absolutely totally cool nice great good fine alright really interesting i see got it
    makes sense of course no way
    ja genau klar gut stimmt echt ach so doch oui ouais d'accord bien exact voilà vraiment sí si claro vale bueno ajá
    certo giusto bene davvero capito sim pois tá precies goed oké
    """
)
_INTERRUPTING = _words(
    """
    stop wait hold pause quiet enough hey excuse sorry hello no nope not but actually what who where when why how which
    can could listen hang cancel wrong
    halt stopp warte moment nein aber entschuldigung ruhe arrête arrêtez attends attendez non mais pardon espera para
    alto perdona pero aspetta ferma fermati scusa ma pare não mas desculpa wacht nee maar
    """
)
# nobody stops after one of these unless they are thinking
_LEAVES_OPEN = _words(
    """
    and or but so because if when while that which who to of in on at for with from by about into as than the a an my
    your his her our their this these those is are was were am be been have has had do does did will would can could
    should may might must i'm it's we're they're i you we they he she it's um uh er erm like well maybe also very
    und oder aber weil wenn dass der die das ein eine mit von zu für auf ich wir äh ähm
    et ou mais parce que si le la les un une des de à avec pour je nous euh
    y o pero porque el los una con para en yo este eh e ma perché il lo gli di per io ehm
    em mas os uma com eu é of maar omdat het een met voor ik
    """
)
_CLOSES = _words("please thanks thank bye goodbye today now tomorrow bitte danke merci gracias grazie")


def words_of(text: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in _WORD.findall(text)]


def is_backchannel(text: str) -> bool:
    """Whether somebody who says this wants the other to go on."""
    words = words_of(text)
    return bool(words) and len(words) <= 4 and all(word in _LISTENING for word in words)


def interrupts(text: str) -> bool:
    """Whether somebody who says this over another wants the floor. A single stray word is not enough."""
    words = words_of(text)
    if not words or is_backchannel(text):
        return False
    return len(words) >= 3 or any(word in _INTERRUPTING for word in words)


def completeness(text: str) -> float:
    """-1 where a sentence surely goes on, 1 where it surely is one, 0 where its words do not tell."""
    words = words_of(text)
    if not words:
        return 0.0
    if text.rstrip().endswith((",", "-", "…", "...")) or words[-1] in _LEAVES_OPEN:
        return -1.0
    if text.rstrip().endswith((".", "?", "!", "。", "？", "！")) or words[-1] in _CLOSES:
        return 1.0
    if words[-1].isdigit():  # the rest of a number may follow
        return -0.5
    return 0.3 if len(words) >= 4 else 0.0

"""What short phrases do in a conversation: carry on listening, interrupt, or leave a sentence open.

Lists of common words in a few languages, not understanding: each answer only tips a scale that sound and silence
have loaded already.
"""

import re
from collections.abc import Sequence

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
# nobody stops after one of these unless they are thinking: what has to be followed by a noun or by a clause
_LEAVES_OPEN = _words(
    """
    a an the my your its our their every whose
    of to at for with from by into onto than as toward towards during upon versus
    and or but because cause if although though unless whether until while whereas nor plus
    i we they he she i'm i'll i'd i've we're we'll we'd we've they're they'll they've you're you'll you've he's she's
    it's it'll there's that's what's who's where's how's let's
    is are was were am be been being has had does shall should would could might must may will
    um uh er erm uhm hmm
    und oder aber weil wenn dass ob der die das dem den ein eine einen einem einer mein meine mit von zu für auf bei ich
    wir äh ähm
    et ou mais parce que si le la les un une des du de à avec pour dans sur je nous euh
    y o pero porque el los las una con para en del yo este eh e ma perché il lo gli di per io con ehm
    em mas os uma com eu dos das para é of maar omdat het een met voor ik
    """
)
# after one of these somebody may well have finished, and more often has not
_MAY_LEAVE_OPEN = _words(
    """
    this these those his her some any no much many more most few several another other which what who when where why how
    on in about over after before under between without since through against around like per
    so then that maybe perhaps probably basically actually just only even really very quite rather pretty too also well
    have do did can get got take make want need think guess suppose mean wonder wondering going trying looking thinking
    hoping tell give me say said put find use using called named next last first best whole same
    noch sehr auch nicht kein keine nur also dann vielleicht
    très aussi plus alors donc muy más también entonces molto anche più allora muito também mais então ook heel dan
    """
)
_CLOSES = _words(
    """
    please thanks bye goodbye today tomorrow tonight yesterday bitte danke heute morgen merci demain gracias hoy mañana
    grazie oggi domani obrigado obrigada hoje amanhã dank
    """
)
# what a clause begins with that another one has to follow, and what is said before one
_SUBORDINATES = _words(
    """
    if when whenever because although though while since unless once after before as until whether where
    wenn weil obwohl während seit bevor nachdem falls si quand parce lorsque comme cuando porque aunque mientras
    se quando perché mentre als omdat terwijl
    """
)
_SCENES = _words("last yesterday tomorrow today next in on at by during from for with")
_BEGINNINGS = _words("well so and but no yes yeah okay ok actually um uh oh")
_NEGATIVE = _words("no nope never nothing none nein non nee não")
_DIGITS = _words(
    "zero oh one two three four five six seven eight nine double null eins zwei drei vier fünf sechs sieben"
)


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
    last, mark = words[-1], mark_at_end(text)
    if mark < 0 or last in _LEAVES_OPEN:
        return -1.0
    if mark > 0:
        return 1.0
    if last in _MAY_LEAVE_OPEN or _is_digit(last) and (len(words) == 1 or _is_digit(words[-2])):
        return -0.5  # of a number that is read out, the rest may follow
    if last in _CLOSES:
        return 1.0
    return 0.3 if len(words) >= 4 else 0.0


def is_answer(words: Sequence[str]) -> bool:
    """Whether so few words are all that many questions need."""
    known = all(word in _LISTENING or word in _NEGATIVE or word in _CLOSES for word in words)
    return known and len(words) <= 3 and words[-1] not in _LEAVES_OPEN


def only_opens(words: Sequence[str]) -> bool:
    """Whether this is no more than where a sentence takes place, or the clause before its main one."""
    start = next((place for place, word in enumerate(words) if word not in _BEGINNINGS), len(words))
    rest = words[start:]
    if not rest:
        return False
    return len(rest) <= 6 and rest[0] in _SUBORDINATES or len(rest) <= 4 and rest[0] in _SCENES


def mark_at_end(text: str) -> int:
    """1 where it ends like a sentence, -1 where it ends like a part of one, 0 where no mark is at its end."""
    ending = text.rstrip()
    if ending.endswith((",", "-", "…", "...")):
        return -1
    return 1 if ending.endswith((".", "?", "!", "。", "？", "！")) else 0


def _is_digit(word: str) -> bool:
    return word.isdigit() or word in _DIGITS

"""Small sums and counting, in the words people say them with."""

import re

_ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SIGNS = (
    (r"multiplied by|times", "*"), (r"divided by|over", "/"), (r"plus", "+"), (r"minus|less", "-"),
)  # fmt: skip
_SUM = re.compile(
    r"^(?:(?:what|how much) (?:is|are|'s|does|do)|what's|calculate|compute|how much|and)?\s*"
    r"((?:-?\d+(?:\.\d+)?)(?:\s*[-+*/x×÷]\s*\d+(?:\.\d+)?)+)\s*(?:make|equal|equals|=)?\s*\??$"
)
_COUNT = re.compile(r"\bcount (?:from (?:one|1) )?(?:up )?to (\d+|[a-z]+(?:[ -][a-z]+)?)")
_COUNT_MAX = 30


def in_words(number: int) -> str:
    """0 to 99 in words."""
    names = _ONES.split()
    if number < 20:
        return names[number]
    tens, ones = divmod(number, 10)
    return _TENS.split()[tens - 2] + (f" {names[ones]}" if ones else "")


_NUMBERS = {in_words(number): number for number in range(100)} | {"a hundred": 100, "one hundred": 100}
_NUMBER = re.compile(r"\b(" + "|".join(sorted(_NUMBERS, key=len, reverse=True)) + r")\b")


def sum_of(text: str) -> str:
    """ "what is two plus two" → "4"; "" when the text is not a sum."""
    plain = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", text.lower()).replace("-", " - ").strip(" ?.!")
    plain = _NUMBER.sub(lambda word: str(_NUMBERS[word.group()]), plain)
    for words, sign in _SIGNS:
        plain = re.sub(rf"\b(?:{words})\b", sign, plain)
    found = _SUM.match(re.sub(r"\s+", " ", plain))
    return _evaluated(found.group(1)) if found and len(found.group(1)) < 80 else ""


def _evaluated(expression: str) -> str:
    tokens = re.findall(r"\d+(?:\.\d+)?|[-+*/x×÷]", expression)
    total, product, sign = 0.0, float(tokens[0]), 1
    for operator, number in zip(tokens[1::2], map(float, tokens[2::2]), strict=False):
        if operator in "*x×":
            product *= number
        elif operator in "/÷":
            if number == 0:
                return "nothing I could say: one cannot divide by zero"
            product /= number
        else:
            total += sign * product
            product, sign = number, 1 if operator == "+" else -1
    result = total + sign * product
    return f"{result:.0f}" if result == int(result) else f"about {result:.4g}"


def counted(text: str) -> str:
    """ "count to three" → "One, two, three."; "" when nobody asks for it, or for too much."""
    found = _COUNT.search(text.lower())
    if found is None:
        return ""
    number = int(found.group(1)) if found.group(1).isdigit() else _NUMBERS.get(found.group(1).replace("-", " "), 0)
    if not 1 <= number <= _COUNT_MAX:
        return ""
    return ", ".join(map(in_words, range(1, number + 1))).capitalize() + "."

"""What a polite small responder says in the situations it knows.

Placeholders: {intro} is a sentence that introduces the persona, {part} one that says what it does, {name} its name,
{you} ", Tom" or "", {ask} a sentence that suggests what to ask, or "". Where a situation has several lines, one that
was already said in this conversation is not said again while another is left.
"""

from collections.abc import Mapping, Sequence

LINES: Mapping[str, Sequence[str]] = {
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
    "greet": (
        "Hello{you}! {intro} What can I do for you?",
        "Hi{you}! {intro} How can I help?",
    ),
    "greet_again": (
        "Hello{you}! What would you like to talk about?",
        "Hi{you}! I'm listening. What's on your mind?",
        "Hello{you}. How can I help?",
    ),
    "good_morning": ("Good morning{you}! How can I help you?", "Good morning{you}. What can I do for you?"),
    "good_afternoon": ("Good afternoon{you}! How can I help you?", "Good afternoon{you}. What can I do for you?"),
    "good_evening": ("Good evening{you}! How can I help you?", "Good evening{you}. What can I do for you?"),
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
        "{ask} I can also chat a little, do small sums, tell a joke, and remember what you tell me while we talk.",
        "{ask} Talk or type, and interrupt me at any time. I'm a small offline responder, so expect no miracles.",
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
    "see_me": (
        "No, I can't see you. I only know what you say or type.",
        "I can't. I have a face, but no eyes that work.",
    ),
    "where": ("I live on this server. What you say to me is not sent to any language model.",),
    "age": ("I don't have an age. I start fresh with every conversation.",),
    "feelings": (
        "I don't have feelings, but it's kind of you to ask.",
        "Honestly, I don't feel anything. I do like a good question, in my way.",
    ),
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

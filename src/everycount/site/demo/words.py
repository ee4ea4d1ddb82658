"""What the invented people of the example world say. Nobody of them exists."""

from __future__ import annotations

ABOUT = (
    "In this invented initiative ten communities count themselves: each asks about a hundred of its "
    "households in one place, decides which questions are right, and sees what is done with the answers. "
    "Nobody in it exists."
)
PROMISES = {
    "en": {
        "why": "Ten communities ask how people live and earn, so that housing programmes reach us, too.",
        "confidentiality": (
            "What you say is sealed. Two people of your community look for mistakes; no table has your name, "
            "and none tells of fewer than ten households."
        ),
        "feedback": "By June we read the results aloud at the meeting place, in your language, for free.",
        "engagement": (
            "Our delegates decide which questions are asked and what is shown. You may take back your "
            "answers at any time with the code on your slip, without a reason."
        ),
        "public_interest": "It serves the ten communities. Nobody earns from it, nobody is punished for it.",
    },
    "hi": {
        "why": "दस समुदाय पूछते हैं कि लोग कैसे रहते और कमाते हैं, ताकि आवास योजनाएँ हमें न छोड़ें।",
        "confidentiality": (
            "आपकी बात सील रहती है। आपके समुदाय के दो लोग ग़लतियाँ देखते हैं; किसी तालिका में आपका नाम नहीं होता, "
            "और कोई तालिका दस से कम परिवारों की नहीं होती।"
        ),
        "feedback": "जून तक हम नतीजे चौपाल पर आपकी भाषा में, मुफ़्त, पढ़कर सुनाएँगे।",
        "engagement": (
            "हमारे प्रतिनिधि तय करते हैं कि क्या पूछा और क्या दिखाया जाए। अपनी पर्ची के कोड से आप कभी भी, बिना "
            "कारण, अपने जवाब वापस ले सकते हैं।"
        ),
        "public_interest": "यह दस समुदायों के काम आता है। इससे कोई कमाता नहीं, और किसी को सज़ा नहीं होती।",
    },
}
RULE = "Three delegates of the ten communities, drawn by lot, speak for all before a questionnaire goes out."
# Who speaks (0 is the account of the community body), on what, how, why, and what the coordinator answers.
VOICES = (
    (0, "q:who/community", "endorse", "", ""),
    (1, "q:who/community", "endorse", "", ""),
    (2, "q:who/community", "endorse", "", ""),
    (0, "c:group/single_women", "endorse", "", ""),
    (1, "c:group/fishing", "endorse", "", ""),
    (
        1,
        "c:group/waste",
        "object",
        "We call ourselves recyclers. Waste is what others see.",
        "You are right. This round keeps the word, for slips are printed; the next version says recyclers.",
    ),
    (2, "c:group/nomadic", "comment", "Some of us have settled. Ask whether the family still moves.", ""),
    (
        2,
        "q:housing/slum",
        "object",
        "Nobody calls their own place so.",
        "It is asked to compare with the census, and asked last. You decide whether it is shown.",
    ),
    (0, "q:functioning/seeing", "endorse", "", ""),
    (1, "q:work/earnings", "endorse", "", ""),
    (2, "q:members/member_school", "comment", "Ask also how far the school is.", ""),
)
NEXT_VERSION, RENAMED = "2026060101", {"Waste pickers": "Recyclers"}
# Why invented reviewers return or reject; the first of each pair is a reason of the review.
RETURNED = (
    ("incomplete", "The part on the house is empty. Please ask once more."),
    ("implausible", "Please check the age in the second row."),
    ("contradiction", "No earnings, and seasonal work further down: which of them holds?"),
    ("other", "Say in which hamlet it was; there are two of this name."),
)
REJECTED = (("duplicate", "The same household was asked the week before."), ("outside", ""))
WISH = "We are five at home now: my sister came back. (An invented wish.)"
REPLY = "It is another household: two families share the yard. (An invented answer.)"
MESSAGE = "When will the results be read aloud in our hamlet? (An invented message.)"
# What people say of the numbers. All invented but what is said of Dhaka.
HOTSPOTS_FEEDBACK = (
    "In April the numbers are read aloud in each hotspot, with a page to keep for every household, "
    "and what people say is written down beside them."
)
WITHHELD = "In two hamlets everybody would know who these women are."
DISSENT = "I would wait until the harvest is over: earnings look different then."
DHAKA = "Dhaka 2017: water, sanitation and hygiene"
DHAKA_ABOUT = (
    "A household survey of Dhaka in slums and elsewhere, with a random sample. Its records are public (CC0); "
    "nobody was asked by this node."
)
DHAKA_RULE = "The records are public already and name no community; nobody speaks for it here."
DHAKA_FEEDBACK = "The numbers were published with the survey; this page shows them with their intervals."

# What came back: everything of it is invented, like the people who say it.
MEETING_PLACE = "The invented harbour school"
MEETING_SAID = (
    "The brief was read aloud in Hindi. People knew most of it; that so many houses are weak by both "
    "definitions was new to some. Most wanted to know when somebody comes to look at the roofs."
)
MEETING_DOUBT = "Two lanes behind the market were not asked at all. The number is too good."
MEETING_ANSWER = "That is right: the list ended at the market. The lanes are in the plan of the next round."
RECOMMENDED = "Mend the roofs of the forty weakest houses before the rain."
RECOMMENDED_TO = "Housing office of the invented district"
PROMISED = "The office wrote that it begins in May."
DONE = "The office says that all roofs are mended."
UNSEEN = "We counted: twelve of forty are mended."

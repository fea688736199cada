//! What customers say afterwards, by how happy they were and what they had booked.

/// Five stars for a call.
pub const CALL_HAPPY: [&str; 12] = [
    "Twenty minutes that felt like five. My sister has told everyone, including the postman.",
    "Warm, funny, prepared. Had read every line I sent and used most of them.",
    "I was nervous for nothing. We talked like neighbours.",
    "Asked my dad about his band before we could. He has not stopped smiling.",
    "On time to the second, and stayed a little longer because the kids had questions.",
    "Our team still quotes the story about the lighthouse.",
    "Kind with the quiet ones. That is rare.",
    "Worth it. The answer to question four alone.",
    "The connection dropped once and the joke about it was the best of the evening.",
    "Exactly as you hope they are.",
    "Honest answers, no phrases. Thank you.",
    "My thesis has a new chapter now.",
];

/// Five stars for an evening.
pub const EVENING_HAPPY: [&str; 12] = [
    "Eighty people, one garden, not one looking at a phone.",
    "Came early, helped us move chairs, then brought the house down.",
    "The golden wedding couple danced. They had said they would not.",
    "We raised twice what we had hoped for, and I know why.",
    "Professional from the first message to the last photograph.",
    "My mother-in-law laughed. I have witnesses.",
    "Read the room perfectly. When the speeches ran late, simply began where we were.",
    "People ask who it was and how we got them. You book it here, that is all.",
    "Held two hundred people without a microphone for the last ten minutes.",
    "The sort of evening a small club talks about for years.",
    "Stayed for soup. Stayed for the singing. A wonderful guest.",
    "Everything as agreed, and then something extra for the choir.",
];

/// Five stars for a video.
pub const VIDEO_HAPPY: [&str; 12] = [
    "Said her name right on the first try. She noticed.",
    "We watched it nine times at breakfast.",
    "Grandma wants to know how you heard about the motorcycle.",
    "Came two days early and was longer than promised.",
    "She said yes!",
    "Funny without being mean. My brother has it on his phone for bad days.",
    "The whole class went quiet and then cheered.",
    "Not a template. You can tell it was made for him.",
    "The cat stole the show, five stars for the cat too.",
    "Short, true and perfectly aimed.",
    "I cried, then sent it to my mother, who cried.",
    "The goalkeeper laughed so hard he hurt the other wrist.",
];

/// Four stars.
pub const CONTENT: [&str; 10] = [
    "Very good. A little shorter than I had pictured, but all of it good.",
    "Lovely, once the sound was sorted out.",
    "A little late, and made up for it.",
    "We would do it again, with a little more planning on our side.",
    "Great fun. I wish I had written a better brief.",
    "Everything fine; the planning call was hard to arrange.",
    "The stories were wonderful, two of them I knew already.",
    "Solid, friendly, professional.",
    "Everybody was delighted. I found it a touch loud.",
    "Good value. Would book again.",
];

/// Three stars.
pub const LUKEWARM: [&str; 6] = [
    "It was all right. I had the feeling it was the third one that day.",
    "Nice person, tired day.",
    "The part we had asked for was over rather quickly.",
    "Fine, but the sound was poor on their side.",
    "Friendly, though my notes had clearly not been read.",
    "Not bad. Not quite what the description says either.",
];

/// One or two stars.
pub const UNHAPPY: [&str; 6] = [
    "Late, and no word about it. What remained was decent.",
    "Wrong name, twice.",
    "A good deal shorter than agreed.",
    "I do not doubt the talent, but this time it stayed at home.",
    "Had to chase for an answer three times.",
    "The children enjoyed it. Nobody else did.",
];

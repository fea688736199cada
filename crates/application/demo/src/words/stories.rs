//! Bios, offering descriptions and what customers write when they ask.

/// How a bio begins. `{first}` is the first name, `{name}` the whole one, `{work}` what they are known for.
pub const OPENINGS: [&str; 12] = [
    "{name} is known for {work}, and would rather talk about anything else.",
    "Most people met {first} through {work}. The rest were in the room by accident and stayed.",
    "{first} came to {city} with one suitcase and a borrowed coat; what followed was {work}.",
    "It began in a school hall with bad lights. Today {name} is known for {work}.",
    "Ask around in {city} and somebody has a story about {first}: usually it is about {work}.",
    "{name} has been at this for sixteen years and is still early for everything. Known for {work}.",
    "You may know {first} from {work}; if not, you have something to look forward to.",
    "Two things are certain about {name}: {work}, and a thermos of very strong tea.",
    "{first} grew up above a shop in {city} and learned to hold a crowd while wrapping parcels. Then came {work}.",
    "There was a plan to become a dentist. Instead there is {work}, and {first} has no regrets.",
    "When the review called it \"quietly extraordinary\", {first} pinned it in the kitchen. It was about {work}.",
    "{name} turned a summer job into a life's work: {work}.",
];

/// The middle of a bio.
pub const MIDDLES: [&str; 12] = [
    "On a call {first} asks as many questions as you do, remembers names, and never looks at the clock first.",
    "Between engagements {first} teaches a Tuesday class that is free for anyone under eighteen.",
    "Bookings are prepared properly: send a few lines about the people who will be there and you will hear them again in the evening.",
    "{first} works with a small crew of two, travels light, and likes to see the room an hour before anyone else.",
    "Shy people do well here. {first} has a way of starting with the person in the last row.",
    "Videos are recorded the same week, in one take, with whatever the cat decides to do in the background.",
    "Companies come back because the evening runs on time; families come back because it does not feel like one.",
    "{first} keeps a notebook of every audience since the first one, and yours will be in it.",
    "What {first} does best is hard to rehearse: noticing what a room needs and giving it exactly that.",
    "Large halls are welcome, but some of the best nights were for eleven people and a dog.",
    "There is no rider to speak of. Still water, a chair, and somebody who knows where the light switch is.",
    "Every spring {first} disappears for three weeks and comes back with new material and a sunburn.",
];

/// How a bio ends.
pub const ENDINGS: [&str; 12] = [
    "Lives in {city} with a piano that is never quite in tune.",
    "Home is {city}; trains are preferred to planes wherever there is a choice.",
    "Based in {city}, and glad to travel for a good reason.",
    "When not working, {first} is repairing a wooden boat that may or may not float.",
    "Part of every fee goes to the youth stage at the end of the street.",
    "{first} answers most requests within the day, and says no kindly when it has to be no.",
    "Favourite occasions: ninetieth birthdays, first nights, and retirements of people who do not want one.",
    "Asked for a motto, {first} said: be on time, be kind, know where the exit is.",
    "Ask about the scar. It is a better story than you think.",
    "Lives in {city}, two doors from a bakery, and considers this the greatest success so far.",
    "Weekends book out first; a Wednesday with {first} is a well-kept secret.",
    "Good with children, nervous aunts and entire departments.",
];

/// What a call is for.
pub const CALLS: [&str; 5] = [
    "Just you, or up to eight people on one screen. Bring questions; no sales talk, no script.",
    "A proper conversation with time for stories. Tell me beforehand what you hope to hear about.",
    "Good for birthdays, teams and people who are hard to surprise. The link comes with the confirmation.",
    "We talk, you ask, and if you like I show you how it is done. Recording is fine if everybody agrees.",
    "Coffee on both ends of the line. I answer nearly everything.",
];

/// What an appearance is like.
pub const EVENINGS: [&str; 5] = [
    "Includes a call beforehand to plan the evening, the performance itself, and time for photographs.",
    "I come an hour early, meet the people who run the night, and stay for the toast.",
    "For private and company events. Travel within the city is included; further away we agree on it first.",
    "Sound and light can be simple. Tell me how many people will be there and what the occasion is.",
    "Works for twenty people or two thousand; the shape changes, the care does not.",
];

/// What a personal video is like.
pub const VIDEOS: [&str; 5] = [
    "About two minutes, recorded for one person. Tell me the name, how to say it, and one true story.",
    "Birthdays, exams, bad weeks: say what happened and I will say something that helps.",
    "One take, made for you. If I get a name wrong I record it again.",
    "Tell me who it is for and what they would never expect. I do the rest.",
    "A greeting that sounds like a person, because it is one.",
];

/// What an endorsement is like.
pub const ENDORSEMENTS: [&str; 4] = [
    "Only for things I use or would use. We agree on channels, territory and term before anybody signs.",
    "A campaign with a clear brief: deliverables, two rounds of approval, a fixed term.",
    "For books, tools, food and good causes. No betting, no miracle cures.",
    "We begin with a talk about fit. If it is not right I will say so early.",
];

/// What customers write about a call.
pub const CALL_BRIEFS: [&str; 8] = [
    "My sister turns forty and has seen every show. Could you pretend to have called the wrong number first?",
    "Our team finished a hard year. Twenty minutes of stories would do them more good than a hamper.",
    "It is for my dad, who is in hospital and bored. He likes to argue about music.",
    "I am writing my thesis on your early work and have seven questions, all short.",
    "Surprise for our daughter's graduation. She will cry, please do not mind.",
    "A book club of nine; we argued about you for two hours and now want to know.",
    "Anniversary. We met in the queue of one of your nights.",
    "Onboarding day for twelve new colleagues. Something human between the slides.",
];

/// What customers write about an evening.
pub const EVENING_BRIEFS: [&str; 8] = [
    "Summer party of a firm of eighty, garden with a small stage, power is there. Children until nine.",
    "My parents' golden wedding, fifty guests in a barn. Nothing loud before the speeches.",
    "Charity dinner for the river trust; we would put you between the main course and the auction.",
    "Opening of our library's new wing. The mayor talks for ten minutes, then it is yours.",
    "Product launch, 200 people, standing. We have a technician and a green room.",
    "A surprise for the retiring head of a school. The whole choir knows, she does not.",
    "Sixtieth birthday in a restaurant, thirty people, terrible acoustics, excellent food.",
    "Annual meeting of our rowing club. They are a grateful audience and they can sing.",
];

/// What customers write about a video.
pub const VIDEO_BRIEFS: [&str; 8] = [
    "For Leila (say LAY-la), who passed her driving test on the sixth try. The sixth is the important part.",
    "My brother is moving abroad. Tell him the spare key stays under the third stone.",
    "Please wish Grandma Ottilie a happy 90th and ask her about the motorcycle.",
    "Our goalkeeper broke his wrist. Something rude but kind.",
    "Proposal help: end with \"so, Sam, what do you say?\" and I will take it from there.",
    "For my class of ten-year-olds, who are afraid of the recital on Friday.",
    "Thank you for the nurses of ward 4. They know which patient this is from.",
    "A pep talk for my first day as a teacher.",
];

/// What companies write about an endorsement.
pub const ENDORSEMENT_BRIEFS: [&str; 4] = [
    "A reusable bottle made in our own town. Two posts and one short film, three months, Europe only.",
    "We restore old pianos and nobody knows. One evening, one photograph, one honest sentence.",
    "Launch of a cookbook for one-pot dinners; we would send you the manuscript first.",
    "Reading app for children. We want a voice that parents trust.",
];

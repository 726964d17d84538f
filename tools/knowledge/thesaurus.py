"""Words that mean the same when callers and practices use them, and words that say little."""

SMALL_TALK = frozenset(
    """
    able about absolutely accept accepted accepting accepts across actual actually add advise again against
    ago all allow allowed almost along alright also alternatively always another answer any anybody anymore
    anyone anything anyway anywhere apart apparently appreciate appreciated approximately around ask asked
    asking assume aunt available away awesome back ballpark basically be because become before began begin
    behind being believe below besides better between bit both bother bothering brilliant brother brought call
    called calling came can cannot case chance choose clear closest come comes coming completely confirm
    confused consider cool correct couple curious currently cuz dad darn dear decide definitely depend
    different difficult do doing double down drop dumb dunno during each easy either else end ended ends
    enough especially even eventually ever every everybody everyone everything exactly example expect explain
    fact fairly family far father feel few figure figured find fine folks follow found friend front further
    gave general generally get gets getting gimme give given gives go goes going gone gonna good gosh got
    gotcha gotta grab grandfather grandma grandmother grandpa great guess guy guys hand handle hang happen
    happened happening happens happy hard head hear heard help helpful here hit hold honest honestly hope
    hopefully how however husband idea idk important info information instance instead interested issue job
    just keeps kind kinda knew know known large later least leave left lemme less let life like likely line
    literally little look looking lot lots lovely ma'am main making many matter maybe mean means mention might
    mind mister mom more most mostly mother move mr mrs ms much mum must near nearby nearest nearly necessary
    need needed needs neighbor never next nice normal normally nothing now obviously occasionally offer okay
    order other others otherwise out over part particular particularly partner past people per perfect perhaps
    person pick place plus point policies policy pop possible possibly prefer presently pretty probably
    problem process provide put question questions quick quickly quite rather ready real really reason
    recently recommend regarding regular regularly related right roughly said same saw say saying says seem
    seems seen set several shall show simple sir sister situation somebody somehow someone something sometimes
    somewhat somewhere soon sorry sort sound sounds specific specifically spouse start started starting stick
    still stop stuff stupid suppose supposed sure sweet swing take taken takes taking talk tell telling tend
    terms thing things think thinking though thought through throw till today together told tomorrow tonight
    took top total totally tried try trying turn type typically uncle understand understanding unfortunately
    unless until use used using usual usually various very wait wanna want wanted wants watch way ways well
    went whatever whatnot whenever whereabouts wherever whether while whole wife within wonder wondering work
    working works worries worth wow wrong y'all yall yesterday yet
    """.split()
)
"""Words of ordinary talk: they rank passages a little, and none has to hold them."""

COMMON = frozenset(
    """
    amazing angry annoying arrange arrive arrived arrives avoid awful bad badly beat best better big bigger
    biggest bitter blow bored boring break breaking brief briefly bright broad build built burn busy calm
    casual catch caught cause caused certain certainly cheerful claim clean clever climb close cold collect
    complete completed complicated confusing constant constantly continue convenient cool cope count crack
    crazy create cross cruel cry cut cute daily dance deep deeply delicate describe develop die direct
    directly dirty discuss draw dreadful drew drive drives driving drove eager earn easier easiest easily
    elderly embarrassed embarrassing enjoy enter entire entirely excellent excited exciting expect explain
    face fail fair fall familiar fancy fast faster fastest favorite favourite fear feed fell felt fight final
    finally finish finished firm fix flew flexible float fly follow fond force forgive form formal freeze
    frequent frequently fresh friendly funny gain gentle gently glad grab gradually grateful greater greatest
    grew grow growing grown harder hardest hardly harsh hate hated heal healing heavily heavy held hidden hide
    higher highest hold honest horrible huge hung hungry hurry hurts imagine immediately improve include
    increase incredible incredibly initial initially insist intense introduce invite involve itch itches joint
    joke jump kick kicked kicks kindly knock laugh launch lay lazy lean learn learned lesser lie lift light
    lightly likely listen listens lonely longer longest lose loses losing loud louder low lower lowest lucky
    mad major manage managed march mark massive meet mere merely mess met mild mildly minor mix moderate
    modern narrow nasty naturally nearby neat nervous newer newest nicer noisy notice noticed obtain obvious
    occur occurred odd okay older oldest ongoing ordinary original pace painless paint patient patiently
    perfect perfectly perform permanent plain pleasant polite poor poorly popular pray precise precisely
    prepare present pretend prevent previous promise proper properly proud prove push pushed quickest quiet
    quietly raise rapid rare rarely reach realize reasonable reasonably receive received recent recover reduce
    relaxed reliable remain remaining remember repeat reply request require required reserve rest return ride
    risk roll rough roughly rub rude rush rushed sad scary secret secure seek select separate separately
    serious seriously serve served settle severe severely shake shaky share sharp shine shout shut shy sign
    silly similar simpler sing sink sit sits sitting skip sleep slept slight slightly slip slow slowest
    smaller smallest smart smell smooth smoothly soft solve special spend spent spoke spread stand standing
    stands stare stay steal stick stiff strange stretch strict strictly strike strong stronger strongly
    struggle struggled successful suck sudden suddenly suffer suggest suit suitable super surprise surprised
    surprising survive swallow swear sweat sweet swim teach tear terrible terribly thank thick thin tight tiny
    tired touch tough tricky trust ugly uncomfortable understand unusual upset useful useless usual vague
    valid visit visited wake waking walk walked wander warm warn wary wash weak wear wearing weigh weird wide
    willing wise wish woke woken wonderful wore worn worried worse worst write writes writing wrote younger
    """.split()
)
"""Common words that tell how something is or what is done: when the files do not know one, that says less
than when they do not know a thing by its name."""

WEAK = frozenset(
    """
    afraid after afternoon area big close closed course day days evening first free friday full hour hours
    keep last long made make makes minute minutes monday month monthly months morning name new number old once
    open option options own plan plans read saturday second see sees send sent small soon space spot stay
    sunday thursday time times tuesday twice wednesday week weekend weeks worried worry written year yearly
    years
    """.split()
)
"""Words that may or may not be what is asked about: where the files know them, a passage better hold them."""

MIDDLING = frozenset(
    """
    child children cover coverage covered covers daughter insurance insured kid kids paid pay paying payment
    pays son
    """.split()
)
"""Words that are in many questions beside what is asked about: a passage better hold them, too."""

FIELD = frozenset(
    """
    appointment appointments chair chairs clinic dental dentist dentistry dentists desk doctor doctors done dr
    mouth office patient patients place practice procedure procedures reception receptionist service services
    surgery teeth tooth treatment treatments visit visits
    """.split()
)
"""Words that most of a practice's pages are about: they tell little apart."""

_ALIKE = """
price, cost, fee, charge, pricing, rate, expensive, cheap, cheaper, cheapest, $, how much is, how much are,
    how much would, how much will, how much does, how much do, how much for, how much to, how much it, how
    much was, set me back, out of pocket, pay more, pay less, i pay for, me pay for, run me, going rate,
    what am i looking at, how pricey, pricey, affordable, how much money, estimate, quote, price list, free,
    complimentary, no charge
insurance, insurer, coverage, insured, cover, benefit, dental plan, insurance company, insurance
    carrier, insurance provider, insurance plan
uninsured, without insurance, no insurance, not insured, not have insurance, self pay, not have any
    insurance, not got insurance, lost my insurance, no coverage, not have coverage
network, in network, participate, participating, out of network, contracted
claim, file, submit, bill, invoice, reimburse
pay, payment, paid, pays, cover, money, swipe, settle
lost and found, lost property
parking ticket, parking fine, ticket fine
balance, statement, last bill, my bill, my account, refund
due, owe, upfront, up front, deposit, on the day, that day
card, credit, debit, visa, mastercard, plastic, credit card
amex, american express
hsa, health savings, savings account
fsa, flex spending, flexible spending, spending account, flex card
cash, in bills
check, cheque, personal check
installment, instalment, pay monthly, pay over time, pay it off, pay off, financing, finance, spread it out,
    spread out, spread the, in parts, payment plan, monthly payment, a bit at a time, split the bill, split
    it up, split the cost, carecredit, pay in, pay later, bit by bit
membership, member, a month, per month, subscription, club, savings plan, in house plan, dental plan, sign up
discount, %, money off, percent off, anything off, dollars off, how much off, something off,
    reduction, reduced, deal, special, coupon, price break, break on
senior, 65, senior citizen, elderly, retired, retiree, pensioner, over 60, old people, older people, older
    folks, on social security
student, in college, at university, at college, in school, goes to college
park, parking, car park, garage, my car, the car, our car, parking lot, meter, valet
badge, handicap, handicapped, disabled, placard, disability, blue badge, permit
train, subway, metro, underground, tube, railway, station, train station, subway station
bus, buses, public transport, public transit, transit
owner, owns, who owns, landlord
address, located, location, street, avenue, where are you, which building, find you
getting here, get to you, come to you, directions, reach you, route
ramp, wheelchair, accessible, accessibility, walker, crutch, step free, mobility scooter
lift, elevator, stair, stairs, upstairs, walk up, which floor, what floor
entrance, door, enter, way in
bring, take along, have with me, bring along, need with me, carry, pack
id, identification, license, licence, passport
medicine, medication, drug, pill, prescription, meds
early, ahead, in advance, before my appointment, before the appointment, arrive
visit, appointment, appt
opening, hours, open, close, closing, business hours
wifi, internet, wireless, get online, use my laptop
toy, toys, play, entertain, keep busy, play area
pet, animal, dog, cat, puppy
service animal, support animal, service dog, support dog, guide dog, seeing eye dog, emotional support
sick, cough, fever, flu, ill, covid, under the weather, a cold, coughing, temperature, sniffles, contagious
child, kid, son, daughter, toddler, baby, infant, boy, girl, year old, years old, little one, minor,
    teenager, teen, paediatric, pediatric, grandson, granddaughter, grandkid, niece, nephew, youngster
parent, guardian, mother, father, mom, mum, dad, adult, grown up, on her own, on his own, by herself, by
    himself, without me, come alone, accompany, chaperone, be with
nervous, anxious, anxiety, terrified, scared, afraid, fear, frightened, phobia, phobic, petrified, panic,
    freak out, dread, scare, jitters, jittery
welcome, new patient, new people, new client, new clients, join, sign up, register, enroll, become a
    patient, take on
referral, refer, referred, referring
specialist, elsewhere, somewhere else, send people, send me, send us, oral surgeon
study, studied, degree, graduate, trained, training, dental school, go to school, school, qualification,
    educated
since, how long has, how long have, been a dentist, been practicing, experience, years of experience
speak, language, speaks, bilingual, translate, interpreter
manager, complain, complaint, unhappy, went wrong, go wrong, in charge, supervisor, boss, file a complaint,
    bad experience, not satisfied, dissatisfied
miss, missed, no show, not show up, not turn up, not come, not make it, skip, forget, forgot, not be able to
    come, cannot come, can not come, cannot make it, cancel, cancellation, notice, call off, back out, bail,
    not able to make it, not be there, stand you up
late, delayed, held up, running behind, stuck in traffic, behind schedule, tardy
walk in, drop in, no appointment, without an appointment, just come in, come right in, walkin, without
    booking, same day, just show up, just turn up, squeeze me in, fit me in
reminder, remind, reminded, confirmation
text, sms, text message, messages
email, mail, send, send over, transfer, forward, electronically, post, ship, get over
form, paperwork, questionnaire, document, paper work, fill out, fill in, fill them out, fill it out
beforehand, ahead of time, in advance, online, before i come, before i get there, before my visit, from
    home, on arrival, when i get there, download, print out, at home
record, chart, history, dental file, my file
copy, copies, hard copy, printout
previous, old dentist, last dentist, former, other dentist, prior, previous dentist, former dentist, old
    office
age, how old, what age, years of age, young, youngest, how young, first tooth, and up, any age
room, sit in, sit with, stay with, in the room, come back with, come in with, be in there
cleaning, clean, hygiene, hygienist, scale, polish, prophy, prophylaxis, deep clean
checkup, check up, exam, examination, examine, look over
filling, fill, cavity, cavities, filled
surface, side, surfaces
xray, radiograph, picture, image, film
bitewing, bite wing
extraction, extract, pull, pulled, pull out, remove, removal, taken out, tooth out, yank
wisdom, third molar
braces, orthodontist, orthodontic, brace, straighten, orthodontics, crooked
implant, fake tooth, replacement tooth
eat, food, meal, lunch, dinner, breakfast, chew, eating, snack
drink, coffee, tea, beverage, hot, hot drink
crunchy, chip, nut, popcorn, hard food
sticky, candy, gum, caramel, toffee
sensitive, sensitivity, zing, zingy, twinge, cold, ice cream, ice, tingle, hurts with
tender, sore, pain, painful, hurt, ache, swollen, puffy, bleed, aching, throb
worse, getting worse, not going away, more painful
smoke, smoking, tobacco, cigarette, vape, vaping, cigar
rinse, mouthwash, salt water, gargle, swish
numb, numbness, numbing, anesthetic, anaesthetic, anesthesia, novocaine, freezing, shot, injection, wear
    off, novocain, feeling come back, frozen
bite, biting, chew, chomp, gnaw
lip, cheek, tongue
high, too high, uneven, off balance, does not feel even
loose, fall out, fell out, falls out, fallen out, come out, came out, pop out, popped out, lost, broke,
    wobbly, came off, fell off
change, replace, swap, switch, throw out, get a new
gentle, slow, careful, take it slow, go slow, slowly, take your time, more time, patient with
piece, bit of, chunk, part of it
bleeding, bleed, blood
brush, toothbrush, brushing
often, how often, how many times, frequently, times a day, twice a day, once a day, every
separate, same visit, at the same time, both at once, in one visit, one visit
turn off, opt out, unsubscribe, rather have no, no more texts, not get texts, not want texts
begin, kick in, take effect, go into effect, effective
yellow, discolored, stained, discolour, look funny
emergency, urgent, broken, chipped, cracked, knocked, broke, chip, crack
"""
ALIKE = tuple(
    tuple(one.strip() for one in line.split(","))
    for line in _ALIKE.replace("\n    ", " ").strip().splitlines()
)
"""Words and phrases of which one answers another, in questions and in files.

Above, a group is a line, which goes on where it is indented."""

HEARD_FOR = {
    "except": "accept",
    "excepted": "accept",
    "feeling": "filling",
    "feelings": "filling",
    "flower": "fluoride",
    "planned": "plan",
    "wheel": "wheelchair",
    "brays": "braces",
    "braises": "braces",
    "clean in": "cleaning",
    "clothes": "close",
    "pair": "pay",
    "rout": "root",
    "route": "root",
    "crowned": "crown",
}
"""What speech recognition writes for words of the field."""

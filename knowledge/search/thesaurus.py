"""Words that mean the same when callers and practices use them, and words that say little."""

SMALL_TALK = frozenset(
    """
    able about absolutely accept accepted accepting accepts across actual actually add advise again
    against ago all allow allowed almost along already alright also alternatively always another answer
    any anybody anymore anyone anything anyway anywhere apart apparently appreciate appreciated
    approximately around ask asked asking assume aunt available away awesome back ballpark basically be
    because become before began begin behind being believe below besides better between both bother
    bothering brilliant brother call called calling came can cannot case chance choose clear closest come
    comes coming completely confirm confused consider cool correct couple curious currently cuz dad darn
    day days dear decide definitely depend different difficult do doctor doing double down dr drop dumb
    dunno during each easy either else end ended ends enough especially even eventually ever every
    everybody everyone everything exactly example expect explain fact fairly family far father feel few
    figure figured find fine folks follow found friend front further gave general generally get gets
    getting gimme give given gives go goes going gone gonna good gosh got gotcha gotta grab grandfather
    grandma grandmother grandpa great guess guy guys hand handle hang happen happened happening happens
    happy hard head hear heard help helpful here hit hold honest honestly hope hopefully hour hours how
    however husband idea idk important info information instance instead interested issue just keeps kind
    kinda knew know known large later least left lemme less let life like likely line literally little
    look looking lot lots lovely ma'am main making many matter maybe mean means mention might mind mister
    mom more most mostly mother mr mrs ms much mum must near nearby nearest nearly necessary need needed
    needs neighbor never next nice normal normally nothing now obviously occasionally offer okay only
    order other others otherwise out over part particular particularly partner past people per perfect
    perhaps person pick place plus point policies policy pop possible possibly prefer presently pretty
    probably problem process provide put question questions quick quickly quite rather ready real really
    reason recently recommend regarding regular regularly related right roughly said same say saying says
    seem seems set several shall show simple sir sister situation somebody somehow someone something
    sometimes somewhat somewhere soon sorry sort sound sounds specific specifically spouse start started
    starting stick still stop stuff stupid suppose supposed sure sweet swing take taken takes taking talk
    tell telling tend terms thing things think thinking though thought through throw till time times
    today together told tomorrow tonight took top total totally tried try trying turn type typically
    uncle understand understanding unfortunately unless until use used using usual usually various very
    wait wanna want wanted wants watch way ways well went whatever whatnot whenever whereabouts wherever
    whether while whole wife within wonder wondering work working works worries worth wow wrong y'all
    yall yesterday yet
    """.split()
)
"""Words of ordinary talk: they rank passages a little, and none has to hold them."""

_ALIKE = """
price, cost, fee, charge, pricing, rate, expensive, cheap, cheaper, cheapest, $, how much is, how much
    are, how much would, how much will, how much does, how much do, how much for, how much to, how much
    it, how much was, set me back, out of pocket, pay more, pay less, i pay for, me pay for, run me,
    going rate, what am i looking at, how pricey, pricey, what do i owe, would i owe, owe for, how much
    do you want, want for, going to cost, affordable, how much money, estimate, quote, price list, free,
    complimentary, no charge
insurance, insurer, coverage, insured, cover, benefit, dental plan, insurance company, insurance carrier,
    insurance provider, insurance plan
uninsured, without insurance, no insurance, not insured, not have insurance, self pay, not have any
    insurance, not got insurance, lost my insurance, no coverage, not have coverage
network, in network, participate, participating, out of network, contracted
claim, file, submit, bill, invoice, reimburse
pay, payment, paid, pays, cover, money, swipe, settle
lost and found, lost property
parking ticket, parking fine, ticket fine
balance, statement, last bill, my bill, my account, refund, money back
due, owe, upfront, up front, deposit, on the day, that day
card, credit, debit, visa, mastercard, plastic, credit card
amex, american express
hsa, health savings, savings account
fsa, flex spending, flexible spending, spending account, flex card
cash, in bills
check, cheque, personal check
installment, instalment, pay monthly, pay over time, pay it off, pay off, financing, finance, spread it
    out, spread out, spread the, in parts, payment plan, monthly payment, a bit at a time, split the
    bill, split it up, split the cost, pay in, pay later, bit by bit
membership, member, a month, per month, subscription, club, savings plan, in house plan, dental plan,
    sign up
discount, %, money off, percent off, anything off, dollars off, how much off, something off, reduction,
    reduced, any deal, a deal, deals, special, coupon, price break, break on
senior, 65, senior citizen, elderly, retired, retiree, pensioner, over 60, old people, older people,
    older folks, on social security
student, in college, at university, at college, in school, goes to college
park, parking, car park, garage, my car, the car, our car, parking lot, meter, valet, the block, no spots,
    find a spot, is there a lot
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
medicine, medication, drug, pill, tablet, prescription, meds
early, ahead, in advance, before my appointment, before the appointment, arrive
visit, appointment, appt
opening, hours, open, close, closing, business hours
wifi, internet, wireless, get online, use my laptop
toy, toys, play, entertain, keep busy, play area
pet, animal, dog, cat, puppy
service animal, support animal, service dog, support dog, guide dog, seeing eye dog, emotional support
sick, cough, fever, flu, ill, covid, under the weather, a cold, coughing, a temperature, sniffles,
    contagious
child, kid, son, daughter, toddler, baby, infant, boy, girl, year old, years old, little one, minor,
    teenager, teen, paediatric, pediatric, grandson, granddaughter, grandkid, niece, nephew, youngster
parent, guardian, mother, father, mom, mum, dad, adult, grown up, on her own, on his own, by herself, by
    himself, without me, come alone, accompany, chaperone, be with
nervous, anxious, anxiety, terrified, scared, afraid, fear, frightened, phobia, phobic, petrified, panic,
    freak out, dread, scare, jitters, jittery
welcome, new patient, new people, new client, new clients, join, sign up, register, enroll, become a
    patient, take on
referral, refer, referred, referring
specialist, elsewhere, somewhere else, send people to, send me to, send us to, oral surgeon
study, studied, degree, graduate, trained, training, dental school, go to school, school, qualification,
    educated
since, how long has, how long have, been a dentist, been practicing, experience, years of experience
speak, language, speaks, bilingual, translate, interpreter
manager, complain, complaint, unhappy, went wrong, go wrong, in charge, supervisor, boss, file a
    complaint, bad experience, not satisfied, dissatisfied
miss, missed, no show, not show up, not turn up, not come, not make it, skip, forget, forgot, not be able
    to come, cannot come, can not come, cannot make it, not make my, not make the, cancel, cancellation,
    notice, call off, back out, bail, not able to make it, not be there, stand you up
late, delayed, held up, running behind, stuck in traffic, behind schedule, tardy
walk in, drop in, no appointment, without an appointment, just come in, come right in, walkin, without
    booking, just show up, just turn up, squeeze me in, fit me in
reminder, remind, reminded, confirmation
text, sms, text message, messages
email, mail, send, send over, transfer, forward, electronically, post, ship, get over
form, paperwork, questionnaire, document, paper work, fill out, fill in, fill them out, fill it out
beforehand, ahead of time, in advance, online, from
    home, on arrival, when i get there, download, print out, at home
record, chart, history, dental file, my file
copy, copies, hard copy, printout
previous, old dentist, last dentist, former, other dentist, prior, previous dentist, former dentist, old
    office
age, how old, what age, years of age, young, youngest, how young, first tooth, and up, any age
room, sit in, sit with, stay with, in the room, come back with, come in with, be in there
cleaning, clean, hygiene, hygienist, scale, polish, prophy, prophylaxis
checkup, check up, exam, examination, examine, look over, well visit, well child, wellness visit, physical
filling, fill, cavity, cavities, filled
surface, side, surfaces
xray, radiograph, picture, image, film
bitewing, bite wing
extraction, extract, pull, pulled, pull out, remove, removal, taken out, tooth out, yank,
    take out, has to come out, have to come out, need to come out, needs to come out, gotta come out
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
separate, same visit, same day, come twice, two visits, two appointments, at the same time, both at once,
    in one visit, one visit
turn off, opt out, unsubscribe, rather have no, no more texts, not get texts, not want texts
begin, kick in, take effect, go into effect, effective
yellow, discolored, stained, discolour, look funny
restroom, bathroom, toilet, washroom, loo
mask, face covering
app, portal, patient portal, online account, log in, login
video, telehealth, video call, virtual, zoom, teleconsultation, remote
weekend, saturdays and sundays
lunchtime, lunch hour, midday, noon, lunch break
walk, on foot, walking
taxi, cab, uber, lyft, ride
corner, across from, next to, opposite, beside, landmark
cheque, check, personal check
apple pay, google pay, contactless, phone pay
bank transfer, wire transfer, direct debit, standing order
receipt, invoice, proof of payment
deductible, copay, co pay, copayment, coinsurance, out of pocket maximum
preauthorization, pre authorization, prior approval, predetermination, pre approval
hmo, dhmo
family member, relative, next of kin
power of attorney, legal guardian, foster parent, foster child
crown, cap, crowned
bridge, missing tooth
night guard, bite guard, grinding, grind, clench, bruxism, splint
gum disease, periodontal, periodontitis, gingivitis, gum infection
deep cleaning, scaling, root planing, deep clean
plaque, tartar, calculus
stain, stained, discolored, staining
abscess, pus, boil
jaw, tmj
tongue tie, lip tie
sealant, fissure seal
fluoride, varnish
electric toothbrush, sonicare, oral b, powered brush
floss, interdental, water flosser, waterpik, string
overbite, underbite, crossbite, gap, crowding
impression, mold, mould, scan
rubber band, elastic, elastics, bands
expander, palate widener
blood pressure, hypertension
cholesterol, lipids
smear, pap smear, cervical screening, smear test
mammogram, breast screening
std, sti, sexual health
mental health, depression, depressed, counselling, counseling, therapy, therapist, psychologist
ear wax, earwax, ear syringing, ears syringed, ear cleaning
stitch, stitches, suture
dressing, bandage, wound care
physiotherapy, physio, physical therapy
asthma, inhaler
refill, renew, repeat prescription, run out of
breastfeed, breastfeeding, lactation, nursing, latch
ibuprofen, motrin, advil
acetaminophen, tylenol, paracetamol
earring, stud, piercing, pierce, pierced
stroller, pushchair, buggy, pram
diaper, nappy
day care, daycare, nursery, preschool, kindergarten
validate, stamp
allergy, allergic, hay fever
pregnant, expecting, pregnancy
midwife, antenatal, prenatal
smear, screening
specimen, urine, sample, urine sample
student, pupil
carer, caregiver, look after
woman, lady, female
man, male, gentleman
chemist, pharmacy, pharmacist, drugstore, drug store
phone, telephone, ring
vaccine, jab, shot, immunize, inoculation, inoculate, shots, flu jab, flu shot
blood test, bloods, blood sample, blood work, bloodwork
sick note, fit note, doctors note, doctor note, medical certificate, sick certificate
home visit, house call, come to the house, come to my house, come out to
aligner, tray, clear braces, invisible braces
adjust, tighten
hospital, casualty, emergency room
interpreter, translate, translator
deaf, hard of hearing, hearing loss, hearing loop, hearing aid
doctor, dr, physician, gp
surname, last name, family name, maiden name
sedation, sedate, sedated, put to sleep, put me to sleep, put me under, general anesthetic, knock me out,
    twilight sleep, laughing gas, nitrous
whitening, whiten, bleach, bleaching, whiter teeth, whitening strips
denture, false teeth, plate of teeth
mole, wart, skin tag
second opinion, another opinion
job, vacancy, hire, work for you, employment, resume
emergency, urgent, broken, chipped, cracked, knocked, broke, chip, crack
"""
ALIKE = tuple(
    tuple(one.strip() for one in line.split(","))
    for line in _ALIKE.replace("\n    ", " ").strip().splitlines()
)
"""Words and phrases of which one answers another, in questions and in files.

Above, a group is a line, which goes on where it is indented."""

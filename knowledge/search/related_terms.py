"""Words that are spoken of together: who says the one is often answered by a sentence that says the other."""

_RELATED = """
prescription, medicine, medication, tablet, pill, drug, meds, script, refill, repeat, repeats, inhaler,
    cream, chemist, pharmacy, pharmacist, pick up my, run out of
phone, telephone, ring, call, over the phone, by phone, on the phone, phone line, phones, dial, hotline,
    call back, ring back
home visit, house call, come out to, come to the house, come to us, come to me, come round, bedridden,
    housebound, leave the house, too ill to
receptionist, reception, front desk, desk, secretary
complain, complaint, unhappy, not happy, rude, treated badly, bad service, unfair, upset, angry,
    disappointed, manager, something went wrong, feedback, in charge, problem with
vaccine, vaccination, vaccinate, jab, shot, immunisation, immunization, booster, inoculation, flu jab,
    flu shot
travel, abroad, trip, holiday abroad, going to africa, safari, flying, fly to, tropical, overseas,
    vacation
baby, newborn, infant, toddler, childhood, child, children, little one, kid
pregnant, pregnancy, expecting, maternity, midwife, antenatal, prenatal
blood, needle, phlebotomy, blood taken, blood drawn
fasting, fast, breakfast, empty stomach, eat before, eat beforehand, skip breakfast, not eat, nothing to
    eat, drink before
result, results, test, findings, come back, hear back, lab
sick doctors doctor fit off work, off sick, employer, boss, medical certificate, certificate, note for
    school, note for work, excuse, excused
letter, report, certificate, form filled, sign a form, medical form, medical report
driving medical, driver medical, lorry, truck, taxi, driving
register, registration, join, sign on, sign up, enrol, get on your books, take me on, become a patient,
    switch to you, change doctor, take new, accepting new, waiting list, taking on
move, moved, moving, relocate, new address, catchment, village, postcode, neighborhood, moved house, just
    moved
identity, proof, identification, id, passport, utility bill, proof of address, bring, photo id
appointment, slot, book, booking, be seen, see a doctor, spot, time slot, schedule
same day, today, urgent, on the day, right away, straight away, soonest, emergency, as soon as possible,
    asap
ahead, advance, in advance, weeks ahead, future, beforehand
double, two things, several things, several problems, more than one, more to discuss, different things,
    list of things, couple of things, long appointment, longer appointment, three things, more problems
chaperone, woman, female, lady, man, male, same sex, female doctor, lady doctor, woman doctor
night, evening, out of hours, after hours, middle of the night, weekend, when you are closed, closed, not
    open, late at night
evening, late, after work, late opening, work all day, work during the day, after five, after six, full
    time job
accident, injury, minor, injuries, cut, cuts, sprain, burn, casualty, emergency room, er, hospital
heart attack, chest pain, stroke, unconscious, 999, 911, ambulance, cannot breathe
interpreter, translate, translator, translation, language, english, sign language, speak
deaf, hearing, hard of hearing, hearing aid, hearing loop, loop
blind, partially sighted, guide dog, dog, large print
disabled, wheelchair, step, steps, stairs, ramp, access, mobility scooter, cannot walk, walker, stroller,
    buggy, pushchair, pram
consent, permission, on behalf of, my wife, my husband, my mother, my father, someone else, confidential,
    privacy
married, maiden name, new name, surname, change my name, changed my name, name change
address, moved house, new address, change of address
diabetes, diabetic, sugar, insulin
contraception, contraceptive, coil, pill, implant, iud, birth control
privately, not covered, does not pay, pay for, noninsured
health check, check up, checkup, medical, physical, annual exam, wellness, examination, blood pressure
infection, infections, uti, cystitis, sore throat, ear infection, conjunctivitis
care home, nursing home, elderly care
braces, bracket, brackets, wire, wires, orthodontic, orthodontist, metal braces, train tracks, brace,
    fixed braces
aligner, tray, trays, invisible braces, clear braces, clear aligner, invisalign, clear tray, see through
retainer, retainers, after braces, braces come braces wear at night
adjustment, adjust, tighten, tightened, tightening, check up on braces
wire, poke, poking, stab, stabbing, scratch, scratching, stick out, sticking out, dig into, digging into,
    wax
loose, come broke, broken, snap, snapped, fell pop come loose, came loose, wobble, detached
lose, lost, misplace, misplaced, throw away, threw away, throw out, cannot find, gone missing,
    replacement, thrown out
sport, sports, football, hockey, soccer, rugby, basketball, baseball, boxing, karate, wrestle, martial
    arts, game, mouthguard, gym
instrument, trumpet, flute, clarinet, saxophone, trombone, orchestra
consultation, consult, first meeting, first visit, first appointment, first exam, first time, initial
    visit, assessment, evaluation, meet you, initial appointment, get started, come in for a look
hour, day, wear, worn, all the time, all day, only at night, how long a day, every day, take them out,
    take it out
young, early, age, too early, too young, too old, how old, years old, old enough, adult, adults, grown
    up, grown ups
school, class, lesson, lessons, teacher, homework, pupil, after school
brother, sister, sibling, siblings, twins, both kids, both my kids, both children, two kids, second
    child, two children, family discount
deposit, down payment, put start treatment, beginning, upfront
treatment, how long, months, take long, done with, get them
pain, hurt, hurts, sore, ache, aching, painful, discomfort, tender, agony, throbbing, ibuprofen,
    acetaminophen, painkiller, pain relief, tylenol, advil, aspirin, paracetamol
swell, swelling, swollen, puffy, lump, bump, fat lip, bruise
asleep, numb, numbness, no feeling, cannot feel
child, children, kid, son, daughter, minor, under 18, teenager, teen
filling, hole, cavity, tooth decay, decay, rotten, caries
brush, brushing, toothbrush, clean my teeth, floss, scrub, wash
cold, ice, ice water, hot, sensitive, zings, sensitivity
bleed, bleeding, blood, bloody
eat, food, snack, meal, dinner, lunch, breakfast, chew, crunchy, sticky, soft food, hungry
drink, coffee, tea, beer, alcohol, wine, soda, juice, water
cigarette, smoke, smoking, tobacco, vape
nervous, anxious, scared, terrified, afraid, panic, hate the dentist, frightened, phobia, fear, dentist
    phobia
dog, cat, pet, pets, animal, animals, service animal, guide dog, puppy, emotional support
weekend, saturday, sunday, saturdays, sundays
holiday, christmas, thanksgiving, easter, new year, labor day, memorial day, independence day, bank
    holiday, fourth of july, july 4, public holiday, columbus day, presidents day, boxing day, good
    friday
open, hours, opening, close, closed, closing, business hours, opening times, open until, what time
record, records, file, files, chart, notes, copy, history, old x rays, xray
moving away, transfer, new dentist, other dentist, move away, switch dentists
x ray, xray, radiograph, picture, scan, image, imaging, panoramic
form, forms, paperwork, fill out, fill in, questionnaire, clipboard
language, arabic, spanish, french, chinese, speak, russian, polish, mandarin, portuguese, hindi
bill, invoice, charge, statement, payment, due, pay later, owe, balance
insurance, insurer, plan, network, coverage, covered, claim, dental plan
expensive, cost, costs, surprise, surprises, before you do, unexpected, pricey, treatment plan, estimate,
    written plan, quote, hidden
income, poor, low income, benefit, benefits, medicaid, welfare, food stamps
card, credit card, debit, visa, mastercard, amex, american express, apple pay, discover
cash, check, checks, coins
discount, cheaper, any deal, a deal, save, reduced, break, reduction, special
month, monthly, installments, spread, interest, payment plan, financing, all at once
membership, plan, join, sign up, member, waiting time, waiting period
miss, missed, no show, not make it, forget, forgot, cancel, cancellation, notice, cannot come, cannot
    make it, fail to show, skip
late, delay, delayed, traffic, running late, held up, minutes late, be late
text, texts, message, messages, sms, reminder, remind, texting, stop texting, notification
referral, refer, referred, letter from my dentist, go elsewhere, somewhere else, specialist, elsewhere
root canal, nerve, endodontist
extraction, extract, pull, pulled, wisdom, taken out, oral surgeon, surgery, removed, yanked
orthodontist, braces, crooked, straighten, straight teeth, overbite
train, subway, metro, tube, station, transit, underground
bus, buses, public transport, transit
park, parking, car, garage, car park, by car, ticket, space
wait, waiting, waiting room, kids corner, toys, books, entertain
wifi, internet, laptop, online
address, where, located, street, find you, building, gps, map, directions, entrance
lift, elevator, stairs, upstairs
studied, degree, university, college, graduate, school, qualified, trained, train
years, since, experience, how long has, practicing
office manager, manager, boss, in charge, owner
bring, have with me, need with me, take along, documents, papers, what to bring
stay, sit with, sit, come in with, in the room, stay with, be with, accompany, parent, beside, hold her
    hand, hold his hand
alone, by himself, by herself, on his own, on her own, without me, without a parent, parent, guardian
cough, fever, cold, flu, sick, ill, covid, contagious, sneeze, infectious, a temperature
walk in, walk-in, without an appointment, no appointment, stop by, drop by, just come, just show up, turn
    up, appointment
"""
RELATED = tuple(
    tuple(dict.fromkeys(one.strip() for one in line.split(",")))
    for line in _RELATED.replace("\n    ", " ").strip().splitlines()
    if line
)
"""Words and phrases, a group a line; a line goes on where it is indented.

Looser than what means the same: a word of one group is evidence for another, and counts half."""

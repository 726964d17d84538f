"""Forms of words that no stemmer brings together, and spellings of two countries."""

_VERBS = """
beat beaten; become became; begin began begun; bend bent; bite bit bitten; bleed bled; blow blew
blown; break broke broken; breathe breath; bring brought; build built; buy bought; catch caught;
choose chose chosen; come came; deal dealt; die dying; dig dug; draw drew drawn; drink drank drunk;
drive drove driven; eat ate eaten; fall fell fallen; feed fed; feel felt; fight fought; find found;
fly flew flown; forget forgot forgotten; freeze froze frozen; get got gotten; give gave given; go
went gone goes; grow grew grown; hang hung; hear heard; hide hid hidden; hold held; keep kept; kneel
knelt; know knew known; leave left; lend lent; lose lost; make made; mean meant; meet met; pay paid;
ring rang rung; rise rose risen; run ran; see saw seen; sell sold; send sent; shake shook shaken;
shrink shrank shrunk; sing sang sung; sink sank sunk; sit sat; sleep slept; smell smelt; speak spoke
spoken; spend spent; spill spilt; spin spun; stand stood; steal stole stolen; stick stuck; sting
stung; swear swore sworn; sweep swept; swell swelled swollen; swim swam swum; take took taken; teach
taught; tear tore torn; tell told; think thought; throw threw thrown; understand understood; wake
woke woken; wear wore worn; win won; write wrote written
"""
_NOUNS = """
child children; tooth teeth; foot feet; man men; woman women; wife wives; life lives; knife knives;
half halves; person people; penny pence; bus buses
"""
_NOUNS_OF_VERBS = """
adjust adjustment; arrange arrangement; arrive arrival; approve approval; assess assessment; cancel
cancellation; complain complaint; confirm confirmation; consult consultation; deliver delivery;
discuss discussion; enroll enrollment enrolment; examine exam examination; explain explanation;
extract extraction; immunize immunise immunization immunisation; infect infection; inflame
inflammation; inject injection; inspect inspection; insure insurance insurer; interpret interpreter;
invite invitation; measure measurement; numb numbness; operate operation; pay payment; prescribe
prescription; prevent prevention; protect protection; qualify qualification; reduce reduction; refer
referral; refuse refusal; register registration; reimburse reimbursement; remind reminder; remove
removal; renew renewal; replace replacement; require requirement; reserve reservation; sign
signature; solve solution; swell swelling; translate translation translator; treat treatment;
vaccinate vaccination vaccine; verify verification; weigh weight; breathe breath; lose loss; choose
choice; speak speech; sell sale; grow growth; strong strength; able ability; available availability;
safe safety; possible possibility; responsible responsibility; sensitive sensitivity; anxious
anxiety; urgent urgency; pregnant pregnancy; private privacy; different difference; important
importance
"""
_SPELLINGS = """
anesthetic anaesthetic; anesthesia anaesthesia; canceled cancelled; canceling cancelling; center
centre; check cheque; color colour; discolor discolour; enroll enrol; favor favour; gray grey;
hematology haematology; hemorrhage haemorrhage; jewelry jewellery; labor labour; license licence;
liter litre; meter metre; neighbor neighbour; odor odour; orthopedic orthopaedic; pajama pyjama;
pediatric paediatric; practice practise; program programme; tire tyre; tumor tumour
"""


def _forms() -> dict[str, str]:
    found = {}
    for line in (_VERBS + ";" + _NOUNS + ";" + _SPELLINGS + ";" + _NOUNS_OF_VERBS).split(";"):
        first, *others = line.split()
        found.update(dict.fromkeys(others, first))
    return found


BASE = _forms()
"""The word that each irregular form is a form of, by form."""

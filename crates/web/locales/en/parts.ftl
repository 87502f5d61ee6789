# Shared parts: forms, results, lists.
form-optional = (optional)
form-error = Error:{" "}
form-summary = Some details need correcting
form-choose = Choose…
form-any = All
crumbs-label = Where you are
pages-label = Pages of the list
pages-previous = Previous
pages-next = Next
copy = Copy
copy-done = Copied
fact-none = Not on record

service-verify = Verify
service-look-up = Look up

verdict-match = Match
verdict-match-meaning = Agrees with the population record.
verdict-match-unaccented = Match, no marks
verdict-match-unaccented-meaning = Agrees when Vietnamese marks are left aside.
verdict-near = Near
verdict-near-meaning = Differs in a small detail only; check the papers.
verdict-mismatch = No match
verdict-mismatch-meaning = Differs from the population record.
verdict-not-on-record = Not on record
verdict-not-on-record-meaning = The population record does not hold this field yet.
verdict-not-asked = Not asked
verdict-not-asked-meaning = The request does not name this field.
verdict-not-allowed = Not allowed
verdict-not-allowed-meaning = The agreement does not include this field.

outcome-verified = Match
outcome-verified-sentence = The data agree with the population record
outcome-found = Found
outcome-found-sentence = The citizen was found
outcome-mismatch = No match
outcome-mismatch-sentence = The data do not agree with the population record
outcome-mismatch-advice = Compare the papers with what was entered. If the papers are right, ask the citizen to have the record corrected at the commune police where they live.
outcome-not-found = Not found
outcome-not-found-sentence = No citizen was found with these data
outcome-not-found-advice = Check the number entered. For a citizen without papers, use Search at the counter.
outcome-not-usable = Not usable
outcome-not-usable-sentence = There is a record, but it may not be used
outcome-not-usable-advice = The person has died or is missing, or the record is cancelled or locked. Do not decide on this result; if it must be cleared up, ask the commune police of their residence.
outcome-refused = Refused
outcome-refused-sentence = The request was refused

refusal-code = Error code:
refusal-field = Field concerned:

step-decode = Decode
step-decode-meaning = Read the message in its published structure.
step-authenticate = Authenticate
step-authenticate-meaning = Establish which system and which officer ask.
step-decide = Decide
step-decide-meaning = Check the agreement: purpose, fields, quota.
step-registry = Consult the registry
step-registry-meaning = Compare with the population record, or read from it.
step-journal = Journal
step-journal-meaning = Write it down durably before the answer leaves.
step-sign = Sign
step-sign-meaning = Sign the answer with its journal number and the time.

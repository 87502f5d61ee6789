# The result of a comparison
result-title = Result of cleaning citizens’ data
result-figures = Figures
result-rows = Result
figure-rows = Rows

column-row-id = Row
column-verdict = Verdict
column-matched-personal-id = Matched personal number
column-score = Score
column-reasons = Field by field
column-action = What to do

field-row-id = Row
field-personal-id = Personal number
field-id-card-number = Old card number
field-full-name = Full name
field-other-name = Other name
field-birth-date = Birth date
field-sex = Sex
field-permanent-unit = Residence
field-household = Household

verdict-not-found = Not found
verdict-match = Match
verdict-match-with-differences = Match with differences
verdict-doubtful = Doubtful
verdict-ambiguous = Several people fit
verdict-unreadable = Unreadable

action-accept = Keep as it is
action-correct = Correct from the national database
action-ask-citizen = Ask the citizen
action-review = An officer is to look

agreement-absent = absent
agreement-same = same
agreement-unaccented = same without marks
agreement-other-marks = other marks
agreement-typing = typing error
agreement-words = words in another order, or one missing
agreement-former = former value
agreement-day-month-swapped = day and month swapped
agreement-less-precise = less precise
agreement-moved-unit = unit merged or renamed
agreement-unreadable = unreadable
agreement-different = different

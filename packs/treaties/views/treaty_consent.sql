-- Every act by which a participant consented to be bound: all actions but signature.
SELECT record_id, instrument, participant, action, date AS deposited
FROM treaty_action
WHERE action NOT IN ('signature', 'succession-to-signature')

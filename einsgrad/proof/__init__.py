"""Whether two expressions are equal, proved by evaluation in prime fields at random residues.

Read in this order: `fields`, `residues`, `constants`, `definitions`, `draws`, `selections`,
`elimination`, `declared`, `unknown`, `functions`, `matrices`, `evaluation`, `degrees`, `sizes`,
`identity`.
"""

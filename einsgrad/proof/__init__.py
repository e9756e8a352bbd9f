"""Whether two expressions are equal, proved by evaluation in prime fields at random residues.

Read in this order: `fields`, `residues`, `constants`, `building`, `special`, `definitions`,
`elimination`, `declared`, `draws`, `selections`, `unknown`, `functions`, `matrices`, `evaluation`,
`exponents`, `degrees`, `sizes`, `identity`.
"""

"""Whether two expressions are equal, proved by evaluation in prime fields at random residues.

Read in this order: `fields`, `residues`, `constants`, `building`, `special`, `definitions`,
`elimination`, `declared`, `draws`, `selections`, `unknown`, `functions`, `matrices`, `needed`,
`known_values`, `float_values`, `constant_residues`, `evaluation`, `exponents`, `chances`,
`degrees`, `sizes`, `identity`.
"""

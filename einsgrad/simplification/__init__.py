"""Rules that make an expression simpler and keep its value; one file for each subject.

A rule takes a node whose parts are simple, and gives a better one of the same value and
shape. `simplify` says what a rule may assume and must keep, and how a new one is added; `rules`
says which rules apply to which node, in which order. Rules that only pay in running time live
in `engine/rewriting`.

Read in this order: `flattening`, `canonical`, `exchanging`, `sums`, `contents`, `conditions`,
`checked_targets`, `reducing`, `orientation`, `lookups`, `symmetry`, `bounds`, `closed_products`,
`standing`, `lengths`, `varied_powers`, `reading_powers`, `joined_exponents`, `related_powers`,
`written_powers`, `powers`, `choices`, `spreading`, `softmax`, `shifts`, `centred`,
`argument_order`, `functions`, `systems`, `selectors`, `diagonals`, `inverses`, `definite`,
`seen_terms`, `product_costs`, `distribution`, `cancelling`, `mirrored`, `extent`, `polynomials`,
`quotients`, `common_denominators`, `term_powers`, `repeated_sums`, `shared_scalars`,
`common_factors`, `sharing_terms`, `turning`, `square_chains`, `matrix_powers`, `brackets`,
`triangular`, `declared`, `symmetric_parts`, `matrix_functions`, `rules`, `leading_back`,
`grouping`, `simplify`, `folding`, `asking`, `squares`, `sharing`.
"""

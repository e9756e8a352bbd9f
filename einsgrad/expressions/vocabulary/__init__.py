"""The words that expressions are written with, and numpy's names for them.

A function that users call is composed of nodes here; `words` gathers them all.

Read in this order: `application`, `functions`, `arithmetic`, `axis_parts`, `reshaping`, `linear`,
`indexing`, `gathering`, `norms`, `tensor_solutions`, `composed`, `matrix_parts`, `decompositions`,
`scipy_equations`, `words`, `numpy_parameters`, `numpy_rearranging`, `numpy_editing`,
`numpy_contractions`, `numpy_statistics`, `numpy_systems`, `pseudo_inverses`, `numpy_missing`,
`numpy_signs`, `numpy_selected`, `numpy_linalg`, `joining`, `naming`, `numpy_gathering`,
`numpy_sorting`, `numpy_covariances`, `numpy_quantiles`, `splitting`, `repeating`, `padding`,
`differences`, `cumulative`, `triangles`, `scipy_systems`, `windows`, `cross_products`, `samples`,
`transforms`, `numpy_spaces`, `numpy_polynomials`, `numpy_counting`, `numpy_along`,
`numpy_reductions`, `numpy_moves`, `numpy_table`, `scipy_special`, `numpy_remedies`, `numpy_lists`,
`numpy_protocol`, `scipy_cumulative`, `scipy_distributions`, `scipy_densities`,
`scipy_multivariate`, `scipy_distances`, `scipy_samples`, `scipy_signal`, `scipy_matrices`,
`scipy_eigenvalues`, `scipy_factorisations`, `scipy_matrix_functions`, `scipy_linalg`,
`scipy_remedies`, `scipy_hooks`, `updating`, `definition`.
"""

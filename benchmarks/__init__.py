"""Timings of einsgrad beside the alternatives: `python -m benchmarks`.

Hand-written numpy uses functions of numpy 2.2; alternatives that are not installed are left out.
Importing this package gives every library one thread, so it comes before numpy.
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["JAX_ENABLE_X64"] = "1"

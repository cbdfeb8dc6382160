"""What is measured: each module a command, each figure beside how it was taken.

bench.py      seconds and CPU-seconds per accepted task by stage
"""

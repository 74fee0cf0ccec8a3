"""Pictures are decoded one at a time in a process.

A raster takes 200 MB. And whether Pillow takes a torn one hangs on a variable of the whole process, which WeasyPrint
sets as it is loaded: whoever loads it holds the lock until the variable is as it was.
"""

import threading

one_raster = threading.Lock()

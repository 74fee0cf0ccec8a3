"""Whether the web server of this container answers. For HEALTHCHECK, under a name that the server answers for."""

import os
from urllib.request import Request, urlopen

host = os.environ["ALLOWED_HOSTS"].partition(",")[0].strip()
urlopen(Request("http://127.0.0.1:8000/healthz", headers={"Host": host}), timeout=2)

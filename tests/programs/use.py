"""Generates a client from the OpenAPI document of a server and asks through it. Prints what it is told.

use.py ADDRESS FOLDER
"""

import datetime
import pathlib
import subprocess
import sys
import urllib.request

address, folder = sys.argv[1], pathlib.Path(sys.argv[2])
document, made = folder / "openapi.json", folder / "client"
document.write_bytes(urllib.request.urlopen(f"{address}/api/v1/openapi.json").read())
generator = pathlib.Path(sys.executable).with_name("openapi-python-client")
subprocess.run(
    [generator, "generate", "--path", document, "--output-path", made, "--overwrite"],
    check=True,
    capture_output=True,
)
sys.path.insert(0, str(made))

from chancery_client import Client  # noqa: E402
from chancery_client.api.default import get_document, list_treaty_action, measure_treaties_parties  # noqa: E402

client = Client(base_url=address)
day = datetime.date(2013, 5, 24)
figure = measure_treaties_parties.sync(client=client, instrument="untoc", at=day, evidence=1000)
print(figure.value, figure.evidence_count, len(figure.evidence))
figure = measure_treaties_parties.sync(client=client, instrument="untoc", at=day)
print(figure.value, len(figure.evidence))
page = list_treaty_action.sync(client=client, participant="FRA", sort="-date", size=2)
print(page.total, len(page.records), page.records[0].body.participant)
print(get_document.sync("A/68/127", client=client).key)
refused = measure_treaties_parties.sync(client=client, instrument="nothing", at=day)
print(refused.status, refused.problems is not None)

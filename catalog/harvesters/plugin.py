"""The core's kinds of source, offered through the same hook as an extension's."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.harvesters.folder import FolderHarvester
from catalog.harvesters.gazette import GazetteHarvester
from catalog.harvesters.site import SiteHarvester
from catalog.plugins.interfaces import IHarvester


class HarvestersPlugin:
    """Web sites, local files and folders, and gazettes."""

    name = "harvesters"

    def harvesters(self) -> Sequence[IHarvester]:
        """The kinds, one object each."""
        return (SiteHarvester(), FolderHarvester(), GazetteHarvester())

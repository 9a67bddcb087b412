"""The core's record types, offered to the catalogue through the same door as an extension's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.model.vocabularies import vocabulary
from catalog.schemas.annual_report import AnnualReportSchema
from catalog.schemas.cleanup_result import CleanupResultSchema
from catalog.schemas.common import Common
from catalog.schemas.consultation import ConsultationSchema
from catalog.schemas.dataset import DatasetSchema
from catalog.schemas.filing_review import FilingReviewSchema
from catalog.schemas.gazette_article import GazetteArticleSchema
from catalog.schemas.gazette_issue import GazetteIssueSchema
from catalog.schemas.interpretation import InterpretationSchema
from catalog.schemas.normative_document import NormativeDocumentSchema
from catalog.schemas.regulation import RegulationSchema


@dataclass(frozen=True, slots=True)
class RecordType:
    """A record type: its name and the schema of its fields. Its labels stand in the vocabulary `record_type`."""

    record_type: str
    kind: type[Common]

    @property
    def labels(self) -> Mapping[str, str]:
        """Name of the type by language."""
        return {lang: vocabulary("record_type").label(self.record_type, lang) for lang in ("zh-Hans", "zh-Hant", "en")}

    def schema(self) -> Common:
        """The type's schema, made anew."""
        return self.kind()


RECORD_TYPES = (
    RecordType("regulation", RegulationSchema),
    RecordType("normative_document", NormativeDocumentSchema),
    RecordType("gazette_issue", GazetteIssueSchema),
    RecordType("gazette_article", GazetteArticleSchema),
    RecordType("dataset", DatasetSchema),
    RecordType("consultation", ConsultationSchema),
    RecordType("interpretation", InterpretationSchema),
    RecordType("cleanup_result", CleanupResultSchema),
    RecordType("filing_review", FilingReviewSchema),
    RecordType("annual_report", AnnualReportSchema),
)


class RecordTypesPlugin:
    """The core's record types."""

    name = "record-types"

    def record_types(self) -> Sequence[RecordType]:
        """All of them, in the order in which pages show them."""
        return RECORD_TYPES

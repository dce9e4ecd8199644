"""A limit on uploads before any of it is kept: Django has one for forms, and none for files."""

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from services.sheets.tables import MOST_BYTES

#: The file and what the form says around it.
MOST_POSTED = MOST_BYTES + 64 * 1024


class SmallFilesOnly(FileUploadHandler):
    """Stands first among the handlers: of a larger upload nothing reaches memory or disk."""

    _content_length = 0

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):  # noqa: N803
        self._content_length = content_length

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        if self._content_length > MOST_POSTED:
            # The rest is read and thrown away, so that the answer reaches whoever uploads.
            raise StopUpload(connection_reset=False)

    def receive_data_chunk(self, raw_data, start):
        return raw_data

    def file_complete(self, file_size):
        return None


def is_too_large(request):
    """Whether an upload was dropped for its size."""
    return int(request.META.get("CONTENT_LENGTH") or 0) > MOST_POSTED

package dev.narrows.wire;

import java.util.List;

/** What a server says of itself: {@code GET /v2}. */
public record ServerMetadata(String name, String version, List<String> extensions) {

    public ServerMetadata {
        extensions = List.copyOf(extensions);
    }
}

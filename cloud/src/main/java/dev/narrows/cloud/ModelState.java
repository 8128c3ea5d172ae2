package dev.narrows.cloud;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How one file or directory of models fares on a server.
 *
 * @param name the model's name on the server
 * @param path where it lies
 * @param reason why it is not ready, with full paths: for the server's own people, not for senders; empty if it is
 */
public record ModelState(String name, Path path, Optional<String> reason) {

    public boolean ready() {
        return reason.isEmpty();
    }
}

package dev.narrows.cloud;

import java.util.Optional;

/**
 * What a path below {@code /v2} names. A model's name may have slashes.
 *
 * @param action what is asked of the model
 * @param model the model's name
 * @param version the version; empty if the path has none
 */
record RestPath(Action action, String model, String version) {

    enum Action {
        METADATA,
        READY,
        INFER
    }

    private static final String MODELS = "/models/";
    private static final String VERSIONS = "/versions/";

    /** The model's part of the protocol: {@code /models/NAME[/versions/VERSION][/ready|/infer]}; else empty. */
    static Optional<RestPath> parse(String path) {
        if (!path.startsWith(MODELS)) {
            return Optional.empty();
        }
        String name = path.substring(MODELS.length());
        Action action = Action.METADATA;
        for (Action other : new Action[] {Action.READY, Action.INFER}) {
            String suffix = "/" + other.name().toLowerCase(java.util.Locale.ROOT);
            if (name.endsWith(suffix)) {
                name = name.substring(0, name.length() - suffix.length());
                action = other;
                break;
            }
        }
        String version = "";
        int at = name.lastIndexOf(VERSIONS);
        if (at >= 0) {
            version = name.substring(at + VERSIONS.length());
            name = name.substring(0, at);
            if (version.isEmpty() || version.indexOf('/') >= 0) {
                return Optional.empty();
            }
        }
        return name.isEmpty() ? Optional.empty() : Optional.of(new RestPath(action, name, version));
    }
}

package dev.narrows.train;

/** Losses by the names that users give. */
public final class LossChoice {

    /** Cross-entropy, which most networks are trained with. */
    public static final String DEFAULT = "cross-entropy";

    /** For {@code --help}. */
    public static final String HELP = "cross-entropy[:smoothing=0], focal[:gamma=2], generalised[:q=0.7] and "
            + "symmetric[:alpha=0.1,beta=1] for wrong labels, triplet[:margin=0.3], contrastive[:margin=1], "
            + "supervised-contrastive[:temperature=0.1] for embeddings";

    private LossChoice() {}

    /** @throws dev.narrows.errors.InvalidException if there is no such loss, or it has no such setting */
    public static Loss parse(String text) {
        Words words = Words.parse("loss", text);
        return switch (words.name()) {
            case "cross-entropy" -> Losses.crossEntropy(words.only("smoothing").number("smoothing", 0));
            case "focal" -> Losses.focal(words.only("gamma").number("gamma", 2));
            case "generalised" -> Losses.generalisedCrossEntropy(words.only("q").number("q", 0.7));
            case "symmetric" ->
                Losses.symmetricCrossEntropy(words.only("alpha", "beta").number("alpha", 0.1), words.number("beta", 1));
            case "triplet" -> EmbeddingLosses.triplet(words.only("margin").number("margin", 0.3));
            case "contrastive" ->
                EmbeddingLosses.contrastive(words.only("margin").number("margin", 1));
            case "supervised-contrastive" ->
                EmbeddingLosses.supervisedContrastive(words.only("temperature").number("temperature", 0.1));
            default ->
                throw words.unknown(
                        "cross-entropy",
                        "focal",
                        "generalised",
                        "symmetric",
                        "triplet",
                        "contrastive",
                        "supervised-contrastive");
        };
    }
}

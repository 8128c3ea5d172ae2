package dev.narrows.zoo;

/**
 * Which of an architecture's places of stride 2 are used for an input: as many as leave the last map large enough, the
 * last places first. So an input of 32 × 32 keeps the resolution in the first layers, where an input of 224 × 224 loses
 * it.
 */
final class Halvings {

    private final int places;
    private final int used;

    private Halvings(int places, int used) {
        this.places = places;
        this.used = used;
    }

    /**
     * @param x a tensor (channels, space…)
     * @param places where the architecture may halve
     * @param smallest the last map's shorter side, at least
     */
    static Halvings of(Value x, int places, int smallest) {
        long side = x.space().stream().min(Long::compare).orElse(1L);
        int used = 0;
        while (used < places && (side + 1) / 2 >= smallest) {
            side = (side + 1) / 2;
            used++;
        }
        return new Halvings(places, used);
    }

    /** Whether place {@code place} (0 is the first) halves. */
    boolean at(int place) {
        return place >= places - used;
    }

    /** 2 where it halves, 1 elsewhere. */
    int stride(int place) {
        return at(place) ? 2 : 1;
    }
}

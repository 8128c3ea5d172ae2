package dev.narrows.device;

import dev.narrows.engine.Tensor;
import dev.narrows.wire.Tier;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How one run of one or more items ended: what a prediction says of itself, before it is split into items.
 *
 * @param outputs of the items that no exit answered, in their order; empty if exits answered all
 * @param early what exits answered; bytes and times of the others are here
 */
record Outcome(
        Map<String, Tensor> outputs,
        Tier answeredBy,
        String cut,
        String codec,
        long codeBytesUp,
        long codeBytesDown,
        long wireBytesUp,
        long wireBytesDown,
        Timings timings,
        Optional<Why> why,
        List<EarlyAnswer> early) {}

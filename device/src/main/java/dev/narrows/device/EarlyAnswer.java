package dev.narrows.device;

import dev.narrows.engine.Tensor;
import java.util.Map;

/**
 * What an exit answered for one item of a run.
 *
 * @param item its place in the run
 * @param outputs the exit's logits, (1, classes), by the name that its network gives them
 * @param timings until this answer
 */
record EarlyAnswer(
        long item, ExitPoint exit, ExitPoint.Verdict verdict, Map<String, Tensor> outputs, Timings timings) {}

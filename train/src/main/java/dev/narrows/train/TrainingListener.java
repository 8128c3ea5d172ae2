package dev.narrows.train;

/** Is told how a training goes, by the training's thread. */
public interface TrainingListener {

    /** Does nothing. */
    TrainingListener NONE = new TrainingListener() {};

    /**
     * A step is done.
     *
     * @param done steps of the whole training, from 1
     * @param of how many there will be
     * @param loss of this step's batch
     */
    default void step(long done, long of, double loss) {}

    /** An epoch is done and evaluated. */
    default void epoch(Curve.Point point) {}

    /** The training goes on from a checkpoint behind {@code epochs} epochs. */
    default void resumed(int epochs) {}
}

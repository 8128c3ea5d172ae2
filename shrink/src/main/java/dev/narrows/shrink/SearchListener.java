package dev.narrows.shrink;

/** Is told how a {@link Search} goes. */
public interface SearchListener {

    /**
     * Another part of the search begins.
     *
     * @param stage see {@link Trial#stage}
     * @param most trials that it has
     */
    void stage(String stage, int most);

    /**
     * A trial is done.
     *
     * @param known whether it was tried in an earlier run
     */
    void tried(Trial trial, boolean known);
}

using System.Net;
using ActorSockets.Actors.Serialization;

namespace ActorSockets.Actors.Endings;

/// <summary>The conversation with the history of the sessions that ended on a node.</summary>
internal static class HistoryProtocol
{
    /// <summary>The history's, under <c>/user</c>, on every node.</summary>
    internal const string Name = "endings";

    /// <summary>Also between nodes; see <see cref="EndingCodecs"/>.</summary>
    internal interface ICrossing : IClusterMessage;

    /// <summary>Newest first; all given conditions must match. Answered with <see cref="Found"/>.</summary>
    internal sealed record Query : ICrossing
    {
        public string? Connection { get; init; }

        public string? Hub { get; init; }

        public string? User { get; init; }

        public IPNetwork? Ip { get; init; }

        public string? Ending { get; init; }

        /// <summary>Id of the drain that ended them.</summary>
        public string? Drain { get; init; }

        public DateTimeOffset? Since { get; init; }

        /// <summary>Sequence number of the last record of the page before; null for the first page.</summary>
        public long? Before { get; init; }

        public int Limit { get; init; } = 100;
    }

    /// <param name="Total">All that match, on all pages.</param>
    /// <param name="Next">What <see cref="Query.Before"/> takes for the next page, or null on the last.</param>
    internal sealed record Found(IReadOnlyList<EndingRecord> Records, int Total, long? Next) : ICrossing
    {
        /// <summary>The sequence number of each record, in the same order; what <see cref="Query.Before"/> takes to go on behind it.</summary>
        public IReadOnlyList<long> Sequences { get; init; } = [];
    }
}

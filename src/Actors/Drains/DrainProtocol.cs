using ActorSockets.Actors.Serialization;
using Akka.Actor;

namespace ActorSockets.Actors.Drains;

/// <summary>
/// The conversation with <c>/user/drains</c>, which knows every drain of its node. One that concerns several nodes is one on each of them, under the same id.
/// </summary>
internal static class DrainProtocol
{
    /// <summary>Stays on the node.</summary>
    internal interface IMessage : INoSerializationVerificationNeeded;

    /// <summary>Also between nodes; see <see cref="DrainCodecs"/>.</summary>
    internal interface ICrossing : IClusterMessage;

    /// <summary>
    /// Answered with <see cref="Started"/>, or <see cref="Planned"/> for a dry run; <see cref="Impossible"/> or <see cref="Rejected"/>
    /// when nothing began. What begins is announced on the event stream: <see cref="Endings.LifecycleEvents.IDrainEvent"/>.
    /// </summary>
    internal sealed record Start(DrainOrder Order) : ICrossing;

    internal sealed record Started(DrainView Drain) : ICrossing;

    /// <summary>What a dry run would do; nothing was begun.</summary>
    internal sealed record Planned(DrainPlan Plan) : ICrossing;

    /// <summary>The deadline cannot be kept: the delay, the closes and the last close handshake need at least so long.</summary>
    internal sealed record Impossible(TimeSpan Shortest) : ICrossing;

    /// <summary>The order contradicts itself or the state of the node.</summary>
    /// <param name="Field">Camel-case name of the order's field.</param>
    /// <param name="Detail">What is allowed.</param>
    internal sealed record Rejected(string Field, string Detail) : ICrossing;

    /// <summary>Answered with <see cref="Changed"/>, <see cref="Conflict"/> or <see cref="Unknown"/>.</summary>
    internal sealed record Pause(string Id) : ICrossing;

    /// <inheritdoc cref="Pause"/>
    internal sealed record Resume(string Id) : ICrossing;

    /// <inheritdoc cref="Pause"/>
    internal sealed record Cancel(string Id) : ICrossing;

    internal sealed record Changed(DrainView Drain) : ICrossing;

    /// <summary>The drain's state does not allow it; nothing changed.</summary>
    internal sealed record Conflict(string Why, DrainState State) : ICrossing;

    internal sealed record Unknown : ICrossing
    {
        internal static readonly Unknown Instance = new();
    }

    /// <summary>Answered with <see cref="Over"/> as soon as it is completed or cancelled, or at once with <see cref="Unknown"/>. Ask with a time-out of your own.</summary>
    internal sealed record WhenOver(string Id) : ICrossing;

    internal sealed record Over(DrainView Drain) : ICrossing;

    /// <summary>Answered with <see cref="Found"/> or <see cref="Unknown"/>.</summary>
    internal sealed record Get(string Id) : ICrossing;

    internal sealed record Found(DrainView Drain) : ICrossing;

    /// <summary>Answered with <see cref="Listed"/>: newest first, a bounded number of those that are over.</summary>
    internal sealed record List : ICrossing
    {
        internal static readonly List Instance = new();
    }

    internal sealed record Listed(IReadOnlyList<DrainView> Drains) : ICrossing;

    /// <summary>
    /// Let a drained node accept again. Answered with <see cref="Served"/>; with <see cref="Conflict"/> while a drain that refuses
    /// newcomers is under way (cancel that), or when the node is stopping.
    /// </summary>
    internal sealed record Serve : ICrossing
    {
        internal static readonly Serve Instance = new();
    }

    /// <summary>New limits are in force: whoever is too many under them is drained, and what was drained under older ones is not any more.</summary>
    internal sealed record LimitsChanged : IMessage
    {
        internal static readonly LimitsChanged Instance = new();
    }

    /// <param name="Changed">False when it was serving already.</param>
    internal sealed record Served(bool Changed) : ICrossing;
}

namespace ActorSockets.Actors.Routing.Filters;

/// <summary>A filter that cannot be read; never leaves <see cref="ConnectionFilter.TryParse"/>.</summary>
internal sealed class FilterSyntaxException(string message) : Exception(message);

namespace ActorSockets.Actors.Supervision;

/// <summary>The ordered checks of an admission. Pure.</summary>
internal static class AdmissionPolicy;

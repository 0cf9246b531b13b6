import React, { useState } from "react";

async function search(query) {
  const answer = await fetch(`/api/search?q=${encodeURIComponent(query)}`);
  if (!answer.ok) throw new Error(`the search answered ${answer.status}`);
  return answer.json();
}

export function App() {
  const [query, setQuery] = useState("");
  const [found, setFound] = useState([]);
  const [problem, setProblem] = useState("");

  async function submit(event) {
    event.preventDefault();
    try {
      setFound(await search(query));
      setProblem("");
    } catch (error) {
      setProblem(error.message);
    }
  }

  return (
    <main>
      <h1>Corporate documents</h1>
      <form onSubmit={submit}>
        <input value={query} onChange={(event) => setQuery(event.target.value)} placeholder="Search" />
        <button>Search</button>
      </form>
      {problem && <p role="alert">{problem}</p>}
      <ol>
        {found.map((document) => (
          <li key={document.id}>
            {document.title} ({document.score})
          </li>
        ))}
      </ol>
    </main>
  );
}

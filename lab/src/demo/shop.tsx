import type { ReactNode } from "react";

import { demo } from "../strings/demo";

const { shop } = demo;

/** Somebody's website. */
export function Shop({ children }: { children: ReactNode }) {
  return (
    <div className="shop">
      <div className="shop-head">
        <b>{shop.name}</b>
        <nav aria-label={shop.name}>
          {shop.links.map((name) => (
            <span key={name}>{name}</span>
          ))}
        </nav>
      </div>
      <div className="shop-hero">
        <div>
          <h1>{shop.title}</h1>
          <p>{shop.text}</p>
        </div>
        {children}
      </div>
      <ul className="shop-goods">
        {shop.goods.map(([name, text], index) => (
          <li key={name}>
            <span className={`shop-picture shop-picture-${index}`} />
            <b>{name}</b>
            <p>{text}</p>
          </li>
        ))}
      </ul>
      <p className="shop-foot">{shop.motto}</p>
    </div>
  );
}
